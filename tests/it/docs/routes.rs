//! The list of routes is that of the service's own document.

use std::collections::BTreeMap;

use serde_json::{Value, from_str};

use super::document;
use super::tables::{codes, rows};

/// Routes for programs that look for them where they always are; the document tells of none of them.
const BESIDES: [&str; 4] = ["/metrics/", "/openapi.json", "/page/{file}", "/page/key"];

#[test]
fn every_route_is_listed_with_who_may_ask() {
    let page = document("docs/routes.md");
    let mut listed = BTreeMap::new();
    for heading in ["## Read", "## Write", "## About the service", "## For our own programs"] {
        for cells in rows(&page, heading) {
            let route: Vec<_> = codes(cells[0]).collect();
            let [method, path] = route.as_slice() else { panic!("a method and a path: {cells:?}") };
            listed.insert(((*path).to_owned(), (*method).to_owned()), cells[1].to_owned());
        }
    }
    let described: Value = from_str(&skillstat_http::openapi()).expect("it is JSON");
    let mut expected = BTreeMap::new();
    for (path, item) in described["paths"].as_object().expect("an object") {
        for (method, operation) in item.as_object().expect("an object") {
            let ways = operation["security"].as_array().map_or(0, Vec::len);
            let takes_key = ["no", "always", "from elsewhere"][match ways {
                0 => 0,
                1 => 1,
                _ => 2,
            }];
            expected.insert((path.clone(), method.to_uppercase()), takes_key.to_owned());
        }
    }
    assert_eq!(listed, expected);
    for route in BESIDES {
        assert!(page.text.contains(&format!("`{route}`")), "{route} is not told of");
    }
}
