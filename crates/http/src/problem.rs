//! Errors as RFC 9457 problems whose `detail` is what SkillMeat's clients know.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::Value;
use skillstat_domain::QueryError;
use utoipa::ToSchema;

/// What the body of an error is.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// The body of every error.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: the status says what sort of problem it is.
    r#type: &'static str,
    /// The name of the status.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong: a text, or for 422 a list of what is wrong with which parameter.
    detail: Value,
}

/// An error on its way out.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    detail: Value,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// Refuses with a status and a text.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: Value::String(detail.into()), headers: Vec::new() }
    }

    /// Refuses with 400.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Refuses with 404.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Refuses with 422 and one entry of the list.
    pub(crate) fn unprocessable(entry: Value) -> Self {
        Self::unprocessable_all(vec![entry])
    }

    /// Refuses with 422 and the whole list.
    pub(crate) fn unprocessable_all(entries: Vec<Value>) -> Self {
        let detail = Value::Array(entries);
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail, headers: Vec::new() }
    }

    /// Adds to the text.
    pub(crate) fn with_more(mut self, more: &str) -> Self {
        if let Value::String(detail) = &mut self.detail {
            detail.push_str(more);
        }
        self
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// Adds headers.
    pub(crate) fn with_headers(mut self, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// The answer for a route that does not exist.
    pub(crate) fn no_route() -> Self {
        Self::not_found("Not Found")
    }

    /// The answer for a method that a route does not have.
    pub(crate) fn no_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    /// The answer when something broke; what it was stays in the log.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }

    /// Returns the body that says so.
    pub(crate) fn body(&self) -> Vec<u8> {
        let body = ProblemBody {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default().to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
        };
        // Texts and numbers always serialise.
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Failed { reason } => {
                tracing::error!(reason, "a computation failed");
                Self::internal()
            }
            QueryError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
                .with_header(RETRY_AFTER, "1"),
            QueryError::Unavailable { reason } => {
                tracing::error!(reason, "nobody answers");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "nobody answers")
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let mut response = (self.status, self.body()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        headers.extend(self.headers);
        response
    }
}
