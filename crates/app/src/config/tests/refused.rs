//! What is no setting, or no value for one: the message names the place and what would do.

use super::*;

const FILE: &str = "HOME/.config/skillstat/config.toml";

/// Checks what is said about a configuration file, behind its path.
#[track_caller]
fn check_file(text: &str, expected: &str) {
    assert_eq!(Place::new().file(text).error(), format!("{FILE}{expected}"));
}

#[track_caller]
fn check_variable(name: &str, value: impl AsRef<OsStr>, expected: &str) {
    assert_eq!(Place::new().variable(name, value).error(), expected);
}

/// Checks a file that was asked for and cannot be read.
#[track_caller]
fn check_unreadable(place: &Place, expected: &str) {
    let error = place.error();
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn an_unknown_key_names_the_nearest_known_one() {
    check_file("root = ['/a']\n", ":1: unknown key `root`; did you mean `roots`?");
    check_file("\nmax-depth = 1\n", ":2: unknown key `max-depth`; did you mean `max_depth`?");
    check_file("excludes = []\n", ":1: unknown key `excludes`; did you mean `exclude`?");
    check_file(
        "threads = 1\n[settings]\nx = 1\n",
        ":2: unknown key `settings`; known are roots, max_depth, exclude, skillmeat_home, threads, listen, ttl_seconds, key_file, socket, ask_service, log, watch, watch_budget, state_directory, backup_count, backup_days, lock_seconds, index, cache_directory, redis, redis_user, redis_password_file, redis_prefix, volumes, host_name",
    );
}

#[test]
fn an_unknown_variable_names_the_nearest_known_one() {
    check_variable(
        "SKILLSTAT_ROOT",
        "/a",
        "environment: unknown variable `SKILLSTAT_ROOT`; did you mean `SKILLSTAT_ROOTS`?",
    );
    check_variable(
        "SKILLSTAT_MAXDEPTH",
        "",
        "environment: unknown variable `SKILLSTAT_MAXDEPTH`; did you mean `SKILLSTAT_MAX_DEPTH`?",
    );
}

#[test]
fn a_value_in_the_file_is_of_the_wrong_type() {
    for (text, expected) in [
        ("roots = '/a'", "`roots` must be an array of strings"),
        ("roots = [1]", "`roots` must be an array of strings"),
        ("exclude = ['a', []]", "`exclude` must be an array of strings"),
        ("skillmeat_home = 5", "`skillmeat_home` must be a string"),
        ("listen = '8787'", "`listen` must be an address with a port, such as \"127.0.0.1:8787\""),
        ("ttl_seconds = 0", "`ttl_seconds` must be a whole number from 1"),
        ("key_file = 1", "`key_file` must be a string"),
        ("log = 1", "`log` must be a string"),
        ("max_depth = '3'", "`max_depth` must be a whole number from 0"),
        ("max_depth = -1", "`max_depth` must be a whole number from 0"),
        ("max_depth = 1.5", "`max_depth` must be a whole number from 0"),
        ("max_depth = 99999999999999999999", "`max_depth` must be a whole number from 0"),
        ("threads = 0", "`threads` must be a whole number from 1"),
        ("threads = true", "`threads` must be a whole number from 1"),
        ("ask_service = 'no'", "`ask_service` must be true or false"),
    ] {
        check_file(&format!("# first\n{text}\n"), &format!(":2: {expected}"));
    }
}

#[test]
fn a_value_in_a_variable_is_none() {
    for value in ["-1", "three", "1.5", " 3", "99999999999999999999"] {
        check_variable(
            "SKILLSTAT_MAX_DEPTH",
            value,
            "SKILLSTAT_MAX_DEPTH: `SKILLSTAT_MAX_DEPTH` must be a whole number from 0",
        );
    }
    check_variable(
        "SKILLSTAT_THREADS",
        "0",
        "SKILLSTAT_THREADS: `SKILLSTAT_THREADS` must be a whole number from 1",
    );
    check_variable(
        "SKILLSTAT_ASK_SERVICE",
        "no",
        "SKILLSTAT_ASK_SERVICE: `SKILLSTAT_ASK_SERVICE` must be true or false",
    );
    check_variable(
        "SKILLSTAT_EXCLUDE",
        OsStr::from_bytes(b"\xff"),
        "SKILLSTAT_EXCLUDE: `SKILLSTAT_EXCLUDE` must be UTF-8",
    );
}

#[test]
fn skillmeats_variable_is_not_json() {
    for value in ["/a:/b", "\"/a\"", "[1]", "{}", "[\"/a\"", "null"] {
        check_variable(
            "SKILLMEAT_PROJECT_SEARCH_PATHS",
            value,
            "SKILLMEAT_PROJECT_SEARCH_PATHS: `SKILLMEAT_PROJECT_SEARCH_PATHS` must be a JSON array \
             of paths, such as [\"~/dev\"]",
        );
    }
}

#[test]
fn the_file_is_not_toml() {
    let error = Place::new().file("threads = 1\nroots = [\n").error();
    assert!(error.starts_with(&format!("{FILE}:")) && error.contains(": not TOML: "), "{error}");
    for second in ["threads = 2", "roots = ?", "what", "roots = 'open"] {
        let error = Place::new().file(&format!("threads = 1\n{second}\n")).error();
        assert!(error.starts_with(&format!("{FILE}:2: not TOML: ")), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn the_file_is_not_utf8_or_no_file() {
    let relative = ".config/skillstat/config.toml";
    check_unreadable(&Place::new().file_at(relative, b"\xff"), &format!("{FILE}: cannot be read"));
    let place = Place::new();
    fs::create_dir_all(place.home.join(relative)).unwrap();
    check_unreadable(&place, &format!("{FILE}: cannot be read"));
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let flags = Flags { config: Some("~/gone.toml".into()), ..Flags::default() };
    let place = Place::new().flags(flags);
    check_unreadable(&place, "HOME/gone.toml: cannot be read");
    assert!(place.error().ends_with("(--config)"));
    let place = Place::new().variable("SKILLSTAT_CONFIG", "gone.toml");
    check_unreadable(&place, "HOME/work/gone.toml: cannot be read");
    assert!(place.error().ends_with("(SKILLSTAT_CONFIG)"));
}

#[test]
fn the_skillmeat_home_must_be_utf8() {
    let error =
        Place::new().variable("SKILLSTAT_SKILLMEAT_HOME", OsStr::from_bytes(b"/\xff")).error();
    assert!(error.ends_with("`skillmeat_home` must be a path in UTF-8"), "{error}");
}

#[test]
fn the_first_source_at_fault_is_told_though_another_would_win() {
    let flags = Flags { max_depth: Some(1), ..Flags::default() };
    let error = Place::new().flags(flags).file("max_depth = 'x'\n").error();
    assert!(error.contains("`max_depth` must be"), "{error}");
}
