//! The page with places left open, `{{name}}`.

/// Fills the places in one pass, so that what fills one place opens no other. A place that nobody knows
/// stays empty.
pub(super) fn fill(template: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            rest = "";
            break;
        };
        filled.push_str(&value(name));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_a_place_opens_no_other() {
        let value = |name: &str| match name {
            "a" => "{{b}}".to_owned(),
            "b" => "never".to_owned(),
            _ => String::new(),
        };
        assert_eq!(fill("<{{a}}> {{c}}.", value), "<{{b}}> .");
    }
}
