//! The search roots: whose they are and where they start.

use super::*;

fn with_roots(roots: &[&str]) -> Flags {
    Flags { roots: roots.iter().map(PathBuf::from).collect(), ..Flags::default() }
}

/// Checks the roots SkillMeat's variable gives.
#[track_caller]
fn check_skillmeat(value: &str, expected: &[&str]) {
    let place = Place::new().variable("SKILLMEAT_PROJECT_SEARCH_PATHS", value);
    assert_eq!(place.roots(), expected);
    let roots = place.load().roots;
    assert_eq!(roots.origin.to_string(), "SKILLMEAT_PROJECT_SEARCH_PATHS");
    assert!(roots.value.iter().all(|root| root.required));
}

#[test]
fn every_root_that_was_asked_for_is_required() {
    for place in [
        Place::new().flags(with_roots(&["/a", "/b"])),
        Place::new().variable("SKILLSTAT_ROOTS", "/a:/b"),
        Place::new().file("roots = ['/a', '/b']\n"),
        Place::new().variable("SKILLMEAT_PROJECT_SEARCH_PATHS", "[\"/a\", \"/b\"]"),
    ] {
        assert_eq!(place.roots(), ["/a", "/b"]);
        assert!(place.load().roots.value.iter().all(|root| root.required));
    }
}

#[test]
fn no_default_root_is_required_and_the_working_directory_comes_last() {
    let place = Place::new();
    assert_eq!(place.roots(), ["projects", "dev", "workspace", "src", "work"]);
    assert!(place.load().roots.value.iter().all(|root| !root.required));
}

#[test]
fn the_whole_file_system_is_no_default_root() {
    let place = Place::new();
    let at_root = Surroundings { working_directory: Some("/".into()), ..place.surroundings() };
    let roots = Config::load(Flags::default(), &at_root).unwrap().roots.value;
    assert_eq!(roots.len(), 4);
    let asked = Config::load(with_roots(&["."]), &at_root).unwrap().roots.value;
    assert_eq!(asked[0].path, Path::new("/"), "somebody who asks for it gets it");
}

#[test]
fn without_home_or_working_directory_there_are_fewer_default_roots() {
    let load = |surroundings: &Surroundings| {
        Config::load(Flags::default(), surroundings).unwrap().roots.value.len()
    };
    let place = Place::new();
    assert_eq!(load(&Surroundings { working_directory: None, ..place.surroundings() }), 4);
    assert_eq!(load(&Surroundings { home: None, ..place.surroundings() }), 1);
    assert_eq!(load(&Surroundings::default()), 0);
}

#[test]
fn a_tilde_is_the_home_directory() {
    for place in [
        Place::new().flags(with_roots(&["~", "~/dev"])),
        Place::new().variable("SKILLSTAT_ROOTS", "~:~/dev"),
        Place::new().file("roots = ['~', '~/dev']\n"),
        Place::new().variable("SKILLMEAT_PROJECT_SEARCH_PATHS", "[\"~\", \"~/dev\"]"),
    ] {
        assert_eq!(place.roots(), ["", "dev"]);
    }
}

#[test]
fn a_tilde_within_a_name_is_a_tilde() {
    assert_eq!(Place::new().flags(with_roots(&["~x", "a/~"])).roots(), ["work/~x", "work/a/~"]);
    assert_eq!(
        Place::new().file("roots = ['~x', 'a/~']\n").roots(),
        [".config/skillstat/~x", ".config/skillstat/a/~"]
    );
}

#[test]
fn relative_roots_start_where_they_are_said() {
    assert_eq!(Place::new().flags(with_roots(&["a", "../b"])).roots(), ["work/a", "work/../b"]);
    assert_eq!(Place::new().variable("SKILLSTAT_ROOTS", "a").roots(), ["work/a"]);
    let place = Place::new()
        .file_at("elsewhere/my.toml", "roots = ['a', '.']\n")
        .variable("SKILLSTAT_CONFIG", "../elsewhere/my.toml");
    assert_eq!(place.roots(), ["work/../elsewhere/a", "work/../elsewhere"]);
}

#[test]
fn a_root_need_not_be_utf8() {
    let path = OsStr::from_bytes(b"/\xff");
    let place = Place::new().variable("SKILLSTAT_ROOTS", path);
    assert_eq!(place.load().roots.value[0].path, path);
}

#[test]
fn skillmeats_variable_is_a_json_array() {
    check_skillmeat(r#"["/a", "~/b", "c"]"#, &["/a", "b", "work/c"]);
    check_skillmeat(r#" [ "/a:/b", "/\u00e9" ] "#, &["/a:/b", "/é"]);
}

#[test]
fn an_empty_array_of_skillmeats_says_nothing() {
    let place = Place::new().variable("SKILLMEAT_PROJECT_SEARCH_PATHS", "[]");
    assert_eq!(place.load().roots.origin, Origin::Default);
}

#[test]
fn our_own_settings_win_over_skillmeats() {
    let skillmeat = |place: Place| place.variable("SKILLMEAT_PROJECT_SEARCH_PATHS", "[\"/peer\"]");
    assert_eq!(skillmeat(Place::new().flags(with_roots(&["/a"]))).roots(), ["/a"]);
    assert_eq!(skillmeat(Place::new().variable("SKILLSTAT_ROOTS", "/a")).roots(), ["/a"]);
    assert_eq!(skillmeat(Place::new().file("roots = ['/a']\n")).roots(), ["/a"]);
}

#[test]
fn no_roots_in_the_file_are_no_roots() {
    let place = Place::new().file("roots = []\n");
    assert_eq!(place.roots(), Vec::<String>::new());
}

#[test]
fn where_nobody_is_the_working_directory_is_no_root_unless_it_is_named() {
    let place = Place::new().flags(Flags { unattended: true, ..Flags::default() });
    assert_eq!(place.roots(), ["projects", "dev", "workspace", "src"]);
    let named = Flags { unattended: true, ..with_roots(&["."]) };
    assert_eq!(place.flags(named).roots(), ["work"]);
}

#[test]
fn a_service_without_any_root_is_told_how_to_name_one() {
    let place = Place::new().flags(Flags { unattended: true, ..Flags::default() });
    let error = place.load().has_roots().unwrap_err().to_string();
    for part in ["~/projects", "`--root DIR`", "`SKILLSTAT_ROOTS`", ".config/skillstat/config.toml"]
    {
        assert!(error.contains(part), "{error}");
    }
    fs::create_dir(place.home.join("dev")).unwrap();
    assert_eq!(place.load().has_roots(), Ok(()));
    assert_eq!(Place::new().load().has_roots(), Ok(()), "the working directory is there");
    let nowhere = Place::new().flags(with_roots(&["/nonexistent/root"]));
    assert_eq!(nowhere.load().has_roots(), Ok(()), "what is named and not there is a problem");
    assert!(Place::new().file("roots = []\n").load().has_roots().is_err());
}
