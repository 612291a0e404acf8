//! What the head of an answer must say before its body is looked at.

use std::time::Duration;

use hyper::header::{HeaderMap, HeaderName};
use hyper::{Response, StatusCode};
use skillstat_domain::AnswerSource;
use skillstat_wire::{
    AGE_HEADER, EXACT_VERSION, EXACT_VERSION_HEADER, FINGERPRINT_HEADER, LIVE, WATCH_HEADER,
};

use crate::fault::Fault;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// What is taken from the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// How old the answer is.
    pub(crate) age: Duration,
    /// How it was come by.
    pub(crate) source: AnswerSource,
}

impl Head {
    /// Looks whether the answer is one about the same things, in the same words, and up to date.
    pub(crate) fn check<B>(response: &Response<B>, fingerprint: &str) -> Result<Self, Fault> {
        let (status, headers) = (response.status(), response.headers());
        // A service whose answer would not do says by this status that it did not make one.
        if !matches!(status, StatusCode::OK | StatusCode::PRECONDITION_FAILED) {
            return Err(Fault::Status(status.as_u16()));
        }
        let version = text(headers, EXACT_VERSION_HEADER);
        if version != EXACT_VERSION {
            return Err(Fault::Release(version.to_owned()));
        }
        if text(headers, FINGERPRINT_HEADER) != fingerprint {
            return Err(Fault::Fingerprint);
        }
        let watch = text(headers, WATCH_HEADER);
        if watch != LIVE {
            return Err(Fault::Unwatched(watch.to_owned()));
        }
        if status != StatusCode::OK {
            return Err(Fault::Status(status.as_u16()));
        }
        // What does not say how old it is may be of any age.
        let age = text(headers, AGE_HEADER).parse().unwrap_or(u64::MAX);
        Ok(Self { age: Duration::from_millis(age), source: source(headers) })
    }
}

/// Returns a header that is there once and is text; else nothing, which is never right.
fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> &'a str {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(value), None) => value.to_str().unwrap_or_default(),
        _ => "",
    }
}

fn source(headers: &HeaderMap) -> AnswerSource {
    let status = headers.get(CACHE_STATUS).and_then(|status| status.to_str().ok());
    let parts = status.unwrap_or_default().split(';').map(str::trim);
    parts.fold(AnswerSource::Miss, |source, part| match part {
        "hit" => AnswerSource::Hit,
        "collapsed" => AnswerSource::Joined,
        _ => source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 5] = [
        ("skillstat-exact", EXACT_VERSION),
        ("skillstat-fingerprint", "f00d"),
        ("skillstat-watch", "live"),
        ("skillstat-age-ms", "12"),
        ("cache-status", "skillstat; hit"),
    ];

    /// Checks a good head in which one header has another value, or is not there.
    fn check(status: u16, other: Option<(&str, Option<&str>)>) -> Result<Head, String> {
        let mut response = Response::builder().status(status);
        for (name, value) in GOOD {
            let value = match other {
                Some((changed, value)) if changed == name => value,
                _ => Some(value),
            };
            if let Some(value) = value {
                response = response.header(name, value);
            }
        }
        let response = response.body(()).unwrap();
        Head::check(&response, "f00d").map_err(|fault| fault.to_string())
    }

    #[track_caller]
    fn check_refused(status: u16, name: &str, value: Option<&str>, said: &str) {
        let refused = check(status, Some((name, value))).unwrap_err();
        assert!(refused.contains(said), "{name}: {refused}");
    }

    #[test]
    fn a_good_head_tells_age_and_source() {
        let head = Head { age: Duration::from_millis(12), source: AnswerSource::Hit };
        assert_eq!(check(200, None), Ok(head));
        for (status, source) in [
            ("skillstat; fwd=miss", AnswerSource::Miss),
            ("skillstat; fwd=miss; collapsed", AnswerSource::Joined),
            ("", AnswerSource::Miss),
        ] {
            let head = check(200, Some(("cache-status", Some(status))));
            assert_eq!(head.map(|head| head.source), Ok(source));
        }
    }

    #[test]
    fn what_does_not_say_that_it_is_good_is_not() {
        for missing in GOOD.iter().take(3) {
            assert!(check(200, Some((missing.0, None))).is_err(), "{}", missing.0);
        }
        check_refused(
            200,
            "skillstat-exact",
            Some("0.0.1/1"),
            "another release: its answers are `0.0.1/1`",
        );
        check_refused(200, "skillstat-fingerprint", Some("F00D"), "other search roots");
        check_refused(200, "skillstat-fingerprint", Some("f00d1"), "other search roots");
        for state in ["off", "starting", "degraded; reason=\"x\"", "live; x", "Live"] {
            check_refused(200, "skillstat-watch", Some(state), &format!("(`{state}`)"));
        }
    }

    #[test]
    fn a_header_that_is_there_twice_is_not_there() {
        let response = Response::builder()
            .header("skillstat-exact", EXACT_VERSION)
            .header("skillstat-fingerprint", "f00d")
            .header("skillstat-watch", "live")
            .header("skillstat-watch", "off");
        let refused = Head::check(&response.body(()).unwrap(), "f00d").unwrap_err();
        assert!(matches!(refused, Fault::Unwatched(_)), "{refused}");
    }

    #[test]
    fn another_status_is_told_with_what_the_service_says_of_itself() {
        check_refused(412, "skillstat-watch", Some("off"), "(`off`)");
        check_refused(412, "skillstat-fingerprint", None, "other search roots");
        assert_eq!(check(412, None).unwrap_err(), "answered with status 412");
        for status in [204, 304, 404, 500, 503] {
            assert_eq!(check(status, None).unwrap_err(), format!("answered with status {status}"));
        }
    }
}
