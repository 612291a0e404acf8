//! Whatever is asked is answered, and never with a fault of the service.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, Uri};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use camino::Utf8Path;
use skillstat_domain::ProjectPath;
use tokio::runtime::{Builder, Runtime};

use crate::support::diffs::{InMemoryDiffs, file};
use crate::support::{InMemoryCommands, Reply, Service, small_world};

/// A service that is asked again and again.
#[derive(Debug)]
pub(crate) struct Asked {
    service: Service,
    runtime: Runtime,
}

impl Asked {
    pub(crate) fn new() -> Self {
        let world = small_world();
        let commands = Arc::new(InMemoryCommands::new(&world));
        let diffs = InMemoryDiffs::new(
            &[("a", vec![("skill:canvas skills/canvas", file("one\n"))])],
            vec![("skill:canvas skills/canvas", file("two\n"))],
        );
        let service = Service::writing(world, commands).comparing(Arc::new(diffs));
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { service, runtime }
    }

    /// Asks what the text says: the first line is the method, the second the path with its query, the rest is
    /// the body. What is no request of HTTP is nothing.
    ///
    /// Checks that there is an answer which is no fault of the service, that a refusal is a problem, and that
    /// what claims to be JSON is.
    pub(crate) fn ask(&self, text: &str) {
        let mut lines = text.splitn(3, '\n');
        let mut line = || lines.next().unwrap_or_default();
        let (method, target, body) = (line(), line(), line());
        let (Ok(method), Ok(uri)) = (method.parse::<Method>(), target.parse::<Uri>()) else {
            return;
        };
        // News have no end.
        if uri.path().ends_with("/events") {
            return;
        }
        let request = Request::builder().method(&method).uri(uri).header("host", "127.0.0.1:8787");
        let request = request.header("content-type", "application/json");
        let Ok(request) = request.body(Body::from(body.to_owned())) else { return };
        let reply = self.send(request);
        assert!(!reply.status.is_server_error(), "{method} {target}: {reply:?}");
        let told = method != Method::HEAD && !reply.bytes.is_empty();
        if told && reply.status.is_client_error() {
            reply.problem();
            assert!(!reply.json()["detail"].is_null(), "{method} {target}: {reply:?}");
        } else if told && reply.header("content-type") == "application/json" {
            assert!(!reply.json().is_null(), "{method} {target}: {reply:?}");
        }
    }

    /// Asks for a project by the id of its path, in either sort of base64.
    ///
    /// Checks that the path is found in the id whatever it is, be the project there or not.
    pub(crate) fn project_id(&self, path: &str) {
        let Ok(project) = ProjectPath::new(Utf8Path::new(path)) else { return };
        for id in [BASE64_STANDARD.encode(path), BASE64_URL_SAFE_NO_PAD.encode(path)] {
            let target = format!("/api/v1/projects/{}", id.replace('/', "%2F").replace('+', "%2B"));
            let request = Request::get(&target).header("host", "127.0.0.1:8787");
            let reply = self.send(request.body(Body::empty()).expect("a request"));
            let told = reply.json();
            match reply.status.as_u16() {
                200 => assert_eq!(told["path"], project.as_str(), "{id}"),
                404 => assert_eq!(told["detail"], format!("Project not found at path: {project}")),
                _ => panic!("{path:?} {id} {reply:?}"),
            }
        }
        self.ask(&format!("GET\n/api/v1/projects/{}\n", path.trim_start_matches('/')));
    }

    fn send(&self, request: Request<Body>) -> Reply {
        self.runtime.block_on(self.service.send(request))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::{Value, from_str};

    use super::*;

    fn part() -> impl Strategy<Value = String> {
        let known = select(vec![
            "skill:canvas",
            "widget:stray",
            "default",
            "/p/a",
            "L3AvYQ==",
            "true",
            "-1",
            "",
            "%00",
            "%2F..%2F",
            "%FF",
            "99999999999999999999",
            "[]",
            "{}",
            "null",
            "\"",
            "claude_code",
        ]);
        prop_oneof![known.prop_map(str::to_owned), "[ -~é]{0,8}"]
    }

    fn query() -> impl Strategy<Value = String> {
        let key = select(vec![
            "limit",
            "after",
            "artifact",
            "type",
            "collection",
            "include_deployments",
            "refresh",
            "project_path",
            "profile",
            "project",
            "x",
        ]);
        let pair = (key, part()).prop_map(|(key, value)| format!("{key}={value}"));
        vec(pair, 0..4).prop_map(|pairs| pairs.join("&").replace(' ', "+"))
    }

    fn body() -> impl Strategy<Value = String> {
        let key = select(vec![
            "artifact_id",
            "artifact_name",
            "artifact_type",
            "project_path",
            "overwrite",
            "dest_path",
            "deployment_profile_id",
            "all_profiles",
            "collection",
            "remove_files",
            "kind",
            "artifact",
        ]);
        let pair = (key, part()).prop_map(|(key, value)| format!("{key:?}: {value:?}"));
        prop_oneof![vec(pair, 0..6).prop_map(|pairs| format!("{{{}}}", pairs.join(", "))), part()]
    }

    fn route() -> impl Strategy<Value = String> {
        let document: Value = from_str(&skillstat_http::openapi()).expect("it is JSON");
        let paths = document["paths"].as_object().expect("paths").keys().cloned();
        let paths = paths.collect::<Vec<_>>();
        (select(paths), part(), part()).prop_map(|(path, id, name)| {
            path.replace("{id}", &id).replace("{name}", &name).replace(' ', "%20")
        })
    }

    thread_local! {
        static ASKED: Asked = Asked::new();
    }

    proptest! {
        #[test]
        fn any_request_is_answered(
            method in select(vec!["GET", "HEAD", "POST", "DELETE", "PUT", "OPTIONS", "X"]),
            route in route(),
            query in query(),
            body in body(),
        ) {
            ASKED.with(|asked| asked.ask(&format!("{method}\n{route}?{query}\n{body}")));
        }

        #[test]
        fn any_project_has_an_id(path in prop_oneof![Just("/p/a".to_owned()), "/[ -~é\n]{0,24}"]) {
            ASKED.with(|asked| asked.project_id(&path));
        }
    }
}
