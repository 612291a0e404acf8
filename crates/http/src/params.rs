//! Query parameters, refused in the words of SkillMeat's clients.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::json;

use crate::problem::Refusal;

/// The query of a request; of a parameter given twice the last counts, and unknown ones are ignored.
#[derive(Debug)]
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Params {
    /// Returns a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns a text that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| {
            let loc = ["query", name];
            Refusal::unprocessable(
                json!({"type": "missing", "loc": loc, "msg": "Field required", "input": null}),
            )
        })
    }

    /// Returns yes or no; no when it is not there.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        self.flag_or(name, false)
    }

    /// Returns yes or no, or `default` when it is not there.
    pub(crate) fn flag_or(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        let Some(text) = self.text(name) else { return Ok(default) };
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Ok(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Ok(false),
            _ => Err(wrong(
                "bool_parsing",
                name,
                "Input should be a valid boolean, unable to interpret input",
                text,
            )),
        }
    }

    /// Returns a number from 1 to `most`, or `default` when it is not there.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, Refusal> {
        let Some(text) = self.text("limit") else { return Ok(default) };
        let Ok(number) = text.trim().parse::<i128>() else {
            let why = "Input should be a valid integer, unable to parse string as an integer";
            return Err(wrong("int_parsing", "limit", why, text));
        };
        match usize::try_from(number) {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ if number < 1 => {
                let why = "Input should be greater than or equal to 1";
                Err(wrong("greater_than_equal", "limit", why, text))
            }
            _ => {
                let why = format!("Input should be less than or equal to {most}");
                Err(wrong("less_than_equal", "limit", &why, text))
            }
        }
    }
}

fn wrong(kind: &str, name: &str, why: &str, input: &str) -> Refusal {
    let loc = ["query", name];
    Refusal::unprocessable(json!({"type": kind, "loc": loc, "msg": why, "input": input}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(name: &str, value: &str) -> Params {
        Params(vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn yes_and_no_have_many_words() {
        for (text, expected) in [("true", true), ("YES", true), ("on", true), ("1", true)] {
            assert_eq!(params("x", text).flag("x").unwrap(), expected, "{text}");
        }
        for text in ["false", "No", "off", "0"] {
            assert!(!params("x", text).flag("x").unwrap(), "{text}");
        }
        for text in ["", "maybe", "2"] {
            assert!(params("x", text).flag("x").is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_has_two_ends() {
        for (text, expected) in [("1", Some(1)), (" 7", Some(7)), ("100", Some(100))] {
            assert_eq!(params("limit", text).limit(20, 100).ok(), expected, "{text}");
        }
        for text in ["0", "-1", "101", "x", "", "99999999999999999999999999"] {
            assert!(params("limit", text).limit(20, 100).is_err(), "{text}");
        }
        assert_eq!(params("other", "x").limit(20, 100).ok(), Some(20));
    }
}
