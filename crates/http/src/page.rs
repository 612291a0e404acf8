//! The page that a browser gets at `/`: a table that can be read as it comes, which the script then makes
//! a matrix that follows the disk.
//!
//! Everything is in the binary, nothing is asked of another host, and the policy lets nothing run that is
//! not in a file of `assets/`. The files tell nothing of anybody, so they are open to all; what the
//! script shows it asks for as every client does, with the key where one is needed.

mod admission;
mod assets;
mod escaped;
mod overview;
mod template;

use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, REFERRER_POLICY, VARY,
};
use axum::response::{IntoResponse, Response};

pub(crate) use self::admission::{Admission, KEY};
pub(crate) use self::assets::{ASSETS, assets, is_asset};
use crate::guard::Rights;
use crate::state::HttpState;

/// What the page may do: load its own files and ask its own service.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Tells whether a client would rather have a page than JSON: it names HTML, which programs do not.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<_> = accepted.flat_map(|value| value.split(',')).map(range).collect();
    let weight = |media: &str| {
        let of = ranges.iter().filter(|(range, _)| range.eq_ignore_ascii_case(media));
        of.map(|(_, weight)| *weight).fold(0.0, f32::max)
    };
    weight("text/html") > weight("application/json")
}

/// Takes a range of media types and its weight apart.
fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse);
    (media, weight.unwrap_or(0.0))
}

/// Returns the page.
pub(crate) async fn page(state: &HttpState, rights: Rights) -> Response {
    let mut response = overview::render(state, rights).await.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (OPENER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "Accept"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &[&str], expected: bool) {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, value.parse().unwrap());
        }
        assert_eq!(is_wanted(&headers), expected, "{accept:?}");
    }

    #[test]
    fn browsers_get_the_page_and_programs_what_they_got() {
        check(&["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], true);
        check(&["TEXT/HTML"], true);
        check(&["application/json;q=0.5", "text/html; q=0.8"], true);
        check(&[], false);
        check(&["*/*"], false);
        check(&["application/json"], false);
        check(&["application/json, text/html"], false);
        check(&["application/json, text/html;q=0.9"], false);
        check(&["text/html;q=0"], false);
        check(&["text/html;q=x"], false);
    }
}
