//! What is remembered of copies, and where.

use super::*;

#[track_caller]
fn check(place: &Place, expected: [(&str, &str); 3]) {
    let config = place.load();
    let found = [
        show(&config.index, bool::to_string),
        show(&config.cache_directory, |path| path.to_str().unwrap().to_owned()),
        show(&config.ask_service, bool::to_string),
    ];
    for ((value, origin), expected) in found.iter().zip(expected) {
        assert_eq!((value.as_str(), origin.rsplit('/').next().unwrap()), expected);
    }
}

#[test]
fn flags_win_over_variables_and_those_over_the_file() {
    let place = Place::new();
    let directory = place.home.join(".cache/skillstat").to_str().unwrap().to_owned();
    check(&place, [("true", "default"), (&directory, "default"), ("true", "default")]);
    let place = Place::new().file("index = false\ncache_directory = '/file'\n");
    check(&place, [("false", "config.toml:1"), ("/file", "config.toml:2"), ("true", "default")]);
    let place = place
        .variable("SKILLSTAT_INDEX", "true")
        .variable("SKILLSTAT_CACHE_DIRECTORY", "/variable");
    let directory = ("/variable", "SKILLSTAT_CACHE_DIRECTORY");
    check(&place, [("true", "SKILLSTAT_INDEX"), directory, ("true", "default")]);
    let place = place.flags(Flags { index: IndexFlag::Off, ..Flags::default() });
    check(&place, [("false", "--no-index"), directory, ("true", "default")]);
    // Who verifies looks at the disk.
    let place = place.flags(Flags { index: IndexFlag::Verify, ..Flags::default() });
    check(&place, [("true", "SKILLSTAT_INDEX"), directory, ("false", "--verify")]);
    assert!(place.load().verify);
}

#[test]
fn the_directory_moves_with_xdg_cache_home_when_that_is_absolute() {
    let directory =
        |home: &str| Place::new().variable("XDG_CACHE_HOME", home).load().cache_directory.value;
    assert_eq!(directory("/cache"), Path::new("/cache/skillstat"));
    assert!(directory("relative").ends_with(".cache/skillstat"));
}

#[test]
fn the_index_is_used_or_not() {
    let file = |text: &str| Place::new().file(text).error();
    assert!(file("index = 1\n").ends_with(":1: `index` must be true or false"));
    assert!(file("cache_directory = 1\n").ends_with(":1: `cache_directory` must be a string"));
    let error = Place::new().variable("SKILLSTAT_INDEX", "no").error();
    assert!(error.contains("true or false"), "{error}");
}
