//! What holds for many routes, added to the document that describes them one by one.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Components, ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Response};

use crate::guard::always_open;
use crate::problem::PROBLEM;

/// The name of the key among the security schemes.
const KEY: &str = "key";

/// What the guard, the limits and a failure answer.
const PROBLEMS: [(&str, &str); 7] = [
    ("401", "a key is needed"),
    ("403", "the key is wrong, or the request is another page's"),
    ("413", "the body is too large"),
    ("421", "addressed to a host that is not served here"),
    ("500", "something broke"),
    ("503", "too many requests at once, or another program holds a lock for too long"),
    ("504", "it took too long"),
];

/// Where the exact answers are.
const EXACT_ROUTES: &str = "/api/v1/exact/";

/// The headers of an answer out of the cache.
const FRESHNESS: [(&str, &str); 5] = [
    ("ETag", "changes with the answer"),
    ("Cache-Control", "`no-cache`: ask again with the tag"),
    ("Cache-Status", "whether it was there (RFC 9211)"),
    ("Age", "for how many seconds it was kept"),
    (
        "Skillstat-Watch",
        "`live`: every change before the question is in it; else `starting`, `off`, or `degraded` and why",
    ),
];

/// What an exact answer says besides.
const EXACT: [(&str, &str); 3] = [
    ("Skillstat-Exact", "the version of the shape, and of who made it; nobody reads another one"),
    (
        "Skillstat-Fingerprint",
        "names what is looked at: search roots, depth, excludes, collections",
    ),
    ("Skillstat-Age-Ms", "`Age` in milliseconds"),
];

/// Completes the document: the key, the problems that any route may answer with, the headers.
pub(crate) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    declare(components);
    for (path, item) in &mut document.paths.paths {
        let (open, keyed) = (always_open(path), path.ends_with("/diff"));
        for (operation, writes) in
            [(&mut item.get, keyed), (&mut item.post, true), (&mut item.delete, true)]
        {
            if let Some(operation) = operation {
                describe(operation, open, writes);
                if path.starts_with(EXACT_ROUTES) {
                    add_to_answers(operation, &EXACT);
                }
            }
        }
    }
}

fn declare(components: &mut Components) {
    for (status, why) in PROBLEMS {
        let mut problem = Response::new(why);
        let body = Content::new(Some(Ref::from_schema_name("ProblemBody")));
        problem.content.insert(PROBLEM.to_owned(), body.into());
        mark(&mut problem);
        components.responses.insert(status.to_owned(), problem.into());
    }
    let why = "what `key_file` holds; reading takes it only beyond the service's own machine";
    let key =
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description("X-API-Key", why)));
    components.security_schemes.insert(KEY.to_owned(), key.into());
}

fn describe(operation: &mut Operation, open: bool, writes: bool) {
    let responses = &mut operation.responses.responses;
    let cached = responses.contains_key("304");
    for response in responses.values_mut() {
        if let RefOr::T(response) = response {
            mark(response);
        }
    }
    for (status, _) in PROBLEMS {
        if !(open && matches!(status, "401" | "403" | "503")) {
            let problem = Ref::from_response_name(status);
            responses.insert(status.to_owned(), problem.into());
        }
    }
    if cached {
        add_to_answers(operation, &FRESHNESS);
        let tag = ParameterBuilder::new()
            .name("If-None-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("the `ETag` of the answer that the client has"))
            .schema(Some(text()));
        operation.parameters.get_or_insert_default().push(tag.build().into());
    }
    if !open {
        let key = SecurityRequirement::new(KEY, [""; 0]);
        let none = SecurityRequirement::default();
        operation.security = Some(if writes { vec![key] } else { vec![none, key] });
    }
}

/// Adds headers to what is no problem.
fn add_to_answers(operation: &mut Operation, headers: &[(&str, &str)]) {
    for status in ["200", "304"] {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
            for (name, why) in headers {
                add(response, name, why);
            }
        }
    }
}

/// Adds what every answer has.
fn mark(response: &mut Response) {
    add(response, "X-Request-ID", "the client's own id of the request, or one made up");
}

fn add(response: &mut Response, name: &str, why: &str) {
    let header = HeaderBuilder::new().schema(Some(text())).description(Some(why));
    response.headers.insert(name.to_owned(), header.build().into());
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
