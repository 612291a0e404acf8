//! The object in the body of a request, refused in the words of SkillMeat's clients.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use crate::guard::too_large;
use crate::problem::Refusal;

const NO_OBJECT: &str = "Input should be a valid dictionary or object to extract fields from";

/// The fields of a body, taken out one by one; unknown ones are ignored. What is wrong is noted, and
/// told all at once by [`Fields::end`].
#[derive(Debug)]
pub(crate) struct Fields {
    object: Map<String, Value>,
    wrong: Vec<Value>,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refusal;

    /// Takes nothing but JSON that says that it is: a page of another origin cannot send that without
    /// asking first.
    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let json = says_json(request.headers());
        let body = read(Bytes::from_request(request, state).await)?;
        if !json {
            let text = Value::String(String::from_utf8_lossy(&body).into_owned());
            return Err(no_object(&text));
        }
        let value = if body.is_empty() { Value::Null } else { parse(&body)? };
        match value {
            Value::Object(object) => Ok(Self { object, wrong: Vec::new() }),
            Value::Null => Err(Refusal::unprocessable(missing(&["body"], &Value::Null))),
            other => Err(no_object(&other)),
        }
    }
}

impl Fields {
    /// Returns a text that must be there; when it is not, an empty one.
    pub(crate) fn required(&mut self, name: &'static str) -> String {
        let wrong = match self.object.get(name) {
            Some(Value::String(text)) => return text.clone(),
            Some(other) => no_text(name, other),
            None => missing(&["body", name], &Value::Object(self.object.clone())),
        };
        self.wrong.push(wrong);
        String::new()
    }

    /// Returns a text that must be there; that it is not is noted only where nothing else is wrong.
    /// To be called last.
    pub(crate) fn required_in_the_end(&mut self, name: &'static str) -> String {
        if self.wrong.is_empty() { self.required(name) } else { String::new() }
    }

    /// Returns a text that may be left out or null.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.object.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong.push(no_text(name, other));
                None
            }
        }
    }

    /// Returns yes or no; no when it is left out.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        match self.object.get(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                let why = "Input should be a valid boolean";
                self.wrong.push(entry("bool_type", &["body", name], why, other));
                false
            }
        }
    }

    /// Returns a list of texts that may be left out or null.
    pub(crate) fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let values = match self.object.get(name)? {
            Value::Null => return None,
            Value::Array(values) => values,
            other => {
                let why = "Input should be a valid list";
                self.wrong.push(entry("list_type", &["body", name], why, other));
                return None;
            }
        };
        let mut texts = Vec::new();
        for (place, value) in values.iter().enumerate() {
            match value {
                Value::String(text) => texts.push(text.clone()),
                other => {
                    let mut wrong = no_text(name, other);
                    wrong["loc"] = json!(["body", name, place]);
                    self.wrong.push(wrong);
                }
            }
        }
        Some(texts)
    }

    /// Notes what is wrong with the fields together.
    pub(crate) fn refuse(&mut self, why: &str) {
        let whole = Value::Object(self.object.clone());
        self.wrong.push(entry("value_error", &["body"], &format!("Value error, {why}"), &whole));
    }

    /// Tells all that is wrong.
    pub(crate) fn end(self) -> Result<(), Refusal> {
        if self.wrong.is_empty() { Ok(()) } else { Err(Refusal::unprocessable_all(self.wrong)) }
    }
}

/// Returns the bytes of a body, if they came.
pub(crate) fn read(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Refusal> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Refusal::bad_request("the request body could not be read"),
    })
}

/// Parses a body; an error says at which character.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        let loc = json!(["body", place(body, &error)]);
        let entry =
            json!({"type": "json_invalid", "loc": loc, "msg": "JSON decode error", "input": {}});
        Refusal::unprocessable(entry)
    })
}

/// Refuses what is no object.
pub(crate) fn no_object(input: &Value) -> Refusal {
    Refusal::unprocessable(entry("model_attributes_type", &["body"], NO_OBJECT, input))
}

/// Returns one entry of the list that 422 has.
pub(crate) fn entry(kind: &str, loc: &[&str], msg: &str, input: &Value) -> Value {
    json!({"type": kind, "loc": loc, "msg": msg, "input": input})
}

/// Returns the entry of a field that holds something else than a text.
pub(crate) fn no_text(name: &str, input: &Value) -> Value {
    entry("string_type", &["body", name], "Input should be a valid string", input)
}

fn missing(loc: &[&str], input: &Value) -> Value {
    entry("missing", loc, "Field required", input)
}

fn says_json(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = kind.strip_prefix("application/").unwrap_or_default();
    subtype == "json" || subtype.ends_with("+json")
}

/// Returns how many characters stand before the place of an error.
fn place(body: &[u8], error: &serde_json::Error) -> usize {
    let end = if error.is_eof() {
        body.len()
    } else {
        let line_ends =
            body.iter().enumerate().filter(|&(_, byte)| *byte == b'\n').map(|(end, _)| end + 1);
        let line = std::iter::once(0).chain(line_ends).nth(error.line().saturating_sub(1));
        line.unwrap_or_default() + error.column().saturating_sub(1)
    };
    String::from_utf8_lossy(&body[..end.min(body.len())]).chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: usize) {
        let error = serde_json::from_slice::<Value>(body.as_bytes()).unwrap_err();
        assert_eq!(place(body.as_bytes(), &error), expected, "{body}");
    }

    #[test]
    fn the_place_of_an_error_is_counted_in_characters() {
        check("{bad", 1);
        check("{", 1);
        check("{\"ü\":\n x}", 7);
        check("", 0);
    }

    #[test]
    fn json_says_that_it_is() {
        let says = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            says_json(&headers)
        };
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/x+json"] {
            assert!(says(kind), "{kind}");
        }
        for kind in ["", "text/plain", "text/json", "application/x-www-form-urlencoded", "json"] {
            assert!(!says(kind), "{kind}");
        }
        assert!(!says_json(&HeaderMap::new()));
    }
}
