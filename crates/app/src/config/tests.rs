//! Configuration: which source wins, where each value came from, and what is refused.

mod fleet;
mod index;
mod refused;
mod roots;
mod socket;
mod writing;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use tempfile::TempDir;

use super::*;

/// A home directory of a test's own, with the working directory `work` in it.
struct Place {
    home: PathBuf,
    variables: Vec<(OsString, OsString)>,
    flags: Flags,
    _directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = fs::canonicalize(directory.path()).unwrap();
        fs::create_dir(home.join("work")).unwrap();
        Self { home, variables: Vec::new(), flags: Flags::default(), _directory: directory }
    }

    /// Writes the configuration file in its default place.
    fn file(self, text: &str) -> Self {
        self.file_at(".config/skillstat/config.toml", text)
    }

    fn file_at(self, relative: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.home.join(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.into(), value.as_ref().to_owned()));
        self
    }

    fn flags(mut self, flags: Flags) -> Self {
        self.flags = flags;
        self
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            variables: self.variables.clone(),
            home: Some(self.home.clone()),
            working_directory: Some(self.home.join("work")),
            terminal: false,
        }
    }

    #[track_caller]
    fn load(&self) -> Config {
        Config::load(self.flags.clone(), &self.surroundings()).unwrap()
    }

    /// Returns the message of the error, with `HOME` for the home directory.
    #[track_caller]
    fn error(&self) -> String {
        let error = Config::load(self.flags.clone(), &self.surroundings()).unwrap_err();
        error.to_string().replace(self.home.to_str().unwrap(), "HOME")
    }

    /// Returns the paths of the roots, relative to the home directory where they lie in it.
    #[track_caller]
    fn roots(&self) -> Vec<String> {
        let roots = self.load().roots.value;
        roots
            .iter()
            .map(|root| {
                let path = root.path.strip_prefix(&self.home).unwrap_or(&root.path);
                path.to_str().unwrap().to_owned()
            })
            .collect()
    }
}

/// Four sources that each say everything they can.
fn everything() -> Place {
    Place::new()
        .file("roots = ['/file']\nmax_depth = 1\nexclude = ['file']\nskillmeat_home = '/file'\nthreads = 1\nlisten = '127.0.0.1:1'\nttl_seconds = 1\nkey_file = '/file'\nsocket = '/file'\nlog = 'file'\nask_service = false\n")
        .variable("SKILLSTAT_ROOTS", "/variable")
        .variable("SKILLSTAT_MAX_DEPTH", "2")
        .variable("SKILLSTAT_EXCLUDE", "variable")
        .variable("SKILLSTAT_SKILLMEAT_HOME", "/variable")
        .variable("SKILLSTAT_THREADS", "2")
        .variable("SKILLSTAT_LISTEN", "127.0.0.1:2")
        .variable("SKILLSTAT_TTL_SECONDS", "2")
        .variable("SKILLSTAT_KEY_FILE", "/variable")
        .variable("SKILLSTAT_SOCKET", "/variable")
        .variable("SKILLSTAT_LOG", "variable")
        .variable("SKILLSTAT_ASK_SERVICE", "true")
        .flags(Flags {
            roots: vec!["/flag".into()],
            max_depth: Some(3),
            config: None,
            skillmeat_home: Some("/flag".into()),
            redis: None,
            listen: Some("127.0.0.1:3".parse().unwrap()),
            socket: Some("/flag".into()),
            no_socket: false,
            no_service: true,
            index: IndexFlag::Unsaid,
            log: Some("flag".into()),
            unattended: false,
        })
}

/// What a setting says and where it came from, as `skillstat config` shows it.
fn show<T>(setting: &Setting<T>, value: impl FnOnce(&T) -> String) -> (String, String) {
    (value(&setting.value), setting.origin.to_string())
}

/// Checks every setting but the file: its value, and its origin with `FILE` for the file.
#[track_caller]
fn check(place: &Place, expected: &[(&str, &str); 11]) {
    let config = place.load();
    let found = [
        show(&config.roots, |roots| {
            roots.iter().map(|root| root.path.to_str().unwrap()).collect::<Vec<_>>().join(" ")
        }),
        show(&config.max_depth, usize::to_string),
        show(&config.exclude, |globs| globs.join(" ")),
        show(&config.skillmeat_home, ToString::to_string),
        show(&config.threads, NonZeroUsize::to_string),
        show(&config.listen, ToString::to_string),
        show(&config.ttl_seconds, ToString::to_string),
        show(&config.key_file, |path| path.to_str().unwrap().to_owned()),
        show(&config.socket, |path| path.as_ref().unwrap().to_str().unwrap().to_owned()),
        show(&config.log, Clone::clone),
        show(&config.ask_service, bool::to_string),
    ];
    let file = place.home.join(".config/skillstat/config.toml");
    for ((value, origin), expected) in found.iter().zip(*expected) {
        let origin = origin.replace(file.to_str().unwrap(), "FILE");
        assert_eq!((value.as_str(), origin.as_str()), expected);
    }
}

#[test]
fn flags_win_and_what_they_cannot_say_is_left_to_the_environment() {
    check(
        &everything(),
        &[
            ("/flag", "--root"),
            ("3", "--max-depth"),
            ("variable", "SKILLSTAT_EXCLUDE"),
            ("/flag", "--skillmeat-home"),
            ("2", "SKILLSTAT_THREADS"),
            ("127.0.0.1:3", "--listen"),
            ("2", "SKILLSTAT_TTL_SECONDS"),
            ("/variable", "SKILLSTAT_KEY_FILE"),
            ("/flag", "--socket"),
            ("flag", "--log"),
            ("false", "--no-service"),
        ],
    );
}

#[test]
fn the_environment_wins_over_the_file() {
    check(
        &everything().flags(Flags::default()),
        &[
            ("/variable", "SKILLSTAT_ROOTS"),
            ("2", "SKILLSTAT_MAX_DEPTH"),
            ("variable", "SKILLSTAT_EXCLUDE"),
            ("/variable", "SKILLSTAT_SKILLMEAT_HOME"),
            ("2", "SKILLSTAT_THREADS"),
            ("127.0.0.1:2", "SKILLSTAT_LISTEN"),
            ("2", "SKILLSTAT_TTL_SECONDS"),
            ("/variable", "SKILLSTAT_KEY_FILE"),
            ("/variable", "SKILLSTAT_SOCKET"),
            ("variable", "SKILLSTAT_LOG"),
            ("true", "SKILLSTAT_ASK_SERVICE"),
        ],
    );
}

#[test]
fn the_file_wins_over_the_defaults_and_names_its_lines() {
    let mut place = everything().flags(Flags::default());
    place.variables.clear();
    check(
        &place,
        &[
            ("/file", "FILE:1"),
            ("1", "FILE:2"),
            ("file", "FILE:3"),
            ("/file", "FILE:4"),
            ("1", "FILE:5"),
            ("127.0.0.1:1", "FILE:6"),
            ("1", "FILE:7"),
            ("/file", "FILE:8"),
            ("/file", "FILE:9"),
            ("file", "FILE:10"),
            ("false", "FILE:11"),
        ],
    );
}

#[test]
fn what_nobody_says_is_a_default() {
    let place = Place::new();
    let home = |name: &str| place.home.join(name).to_str().unwrap().to_owned();
    let roots = ["projects", "dev", "workspace", "src", "work"].map(home).join(" ");
    let threads = ScopedWorkers::default().threads().to_string();
    let skillmeat_home = home(".skillmeat");
    let key_file = home(".local/state/skillstat/key");
    let fingerprint = place.load().fingerprint();
    let socket = home(&format!(".local/state/skillstat/{}.sock", &fingerprint[..16]));
    check(
        &place,
        &[
            (&roots, "default"),
            ("3", "default"),
            ("", "default"),
            (&skillmeat_home, "default"),
            (&threads, "default"),
            ("127.0.0.1:8787", "default"),
            ("120", "default"),
            (&key_file, "default"),
            (&socket, "default"),
            ("info", "default"),
            ("true", "default"),
        ],
    );
}

#[test]
fn an_empty_variable_says_nothing() {
    let mut place = everything().flags(Flags::default());
    for (_, value) in &mut place.variables {
        value.clear();
    }
    place = place.variable("SKILLSTAT_CONFIG", "").variable("SKILLMEAT_PROJECT_SEARCH_PATHS", "");
    assert_eq!(place.load().max_depth.value, 1);
    assert_eq!(place.roots(), ["/file"]);
}

#[test]
fn each_source_may_say_only_some_of_it() {
    let place = Place::new().file("max_depth = 7\n").variable("SKILLSTAT_THREADS", "5");
    let config = place.load();
    assert_eq!((config.max_depth.value, config.threads.value.get()), (7, 5));
    assert_eq!(config.exclude.origin, Origin::Default);
}

#[test]
fn lists_in_variables_are_separated_by_colons() {
    let place =
        Place::new().variable("SKILLSTAT_ROOTS", "/a:b").variable("SKILLSTAT_EXCLUDE", "x:*/y");
    assert_eq!(place.roots(), ["/a", "work/b"]);
    assert_eq!(place.load().exclude.value, ["x", "*/y"]);
}

#[test]
fn numbers_are_read_as_toml_writes_them() {
    for (text, depth) in [("0", 0), ("1_0", 10), ("0x1f", 31), ("0o17", 15), ("0b11", 3), ("+4", 4)]
    {
        let place = Place::new().file(&format!("max_depth = {text}\n"));
        assert_eq!(place.load().max_depth.value, depth, "{text}");
    }
}

#[test]
fn the_file_is_found_in_its_default_place() {
    let config = Place::new().load();
    assert!(!config.file_found);
    assert_eq!(config.file.origin, Origin::Default);
    let place = Place::new().file("");
    let config = place.load();
    assert!(config.file_found);
    assert_eq!(config.file.value, place.home.join(".config/skillstat/config.toml"));
}

#[test]
fn the_file_moves_with_xdg_config_home_when_that_is_absolute() {
    let place = Place::new().file_at("xdg/skillstat/config.toml", "max_depth = 9\n");
    let xdg = place.home.join("xdg");
    let place = place.variable("XDG_CONFIG_HOME", xdg);
    assert_eq!(place.load().max_depth.value, 9);
    let place = Place::new().file("max_depth = 8\n").variable("XDG_CONFIG_HOME", "relative");
    assert_eq!(place.load().max_depth.value, 8);
}

#[test]
fn a_flag_names_the_file_before_a_variable_does() {
    let place = Place::new()
        .file("max_depth = 1\n")
        .file_at("variable.toml", "max_depth = 2\n")
        .file_at("work/flag.toml", "max_depth = 3\n")
        .variable("SKILLSTAT_CONFIG", "~/variable.toml");
    let config = place.load();
    assert_eq!((config.max_depth.value, config.file_found), (2, true));
    assert_eq!(config.file.origin, Origin::Variable("SKILLSTAT_CONFIG"));
    let place = place.flags(Flags { config: Some("flag.toml".into()), ..Flags::default() });
    let config = place.load();
    assert_eq!(config.max_depth.value, 3, "relative to the working directory");
    assert_eq!(config.file.origin, Origin::Flag("--config"));
    assert_eq!(config.file.value, place.home.join("work/flag.toml"));
}

#[test]
fn the_skillmeat_home_is_absolute_whoever_says_it() {
    let by_flag = |path: &str| Flags { skillmeat_home: Some(path.into()), ..Flags::default() };
    for (place, expected) in [
        (Place::new().flags(by_flag("~/x")), "x"),
        (Place::new().flags(by_flag("x")), "work/x"),
        (Place::new().variable("SKILLSTAT_SKILLMEAT_HOME", "~"), ""),
        (Place::new().variable("SKILLSTAT_SKILLMEAT_HOME", "x"), "work/x"),
        (Place::new().file("skillmeat_home = '~/x'\n"), "x"),
        (Place::new().file("skillmeat_home = 'x'\n"), ".config/skillstat/x"),
    ] {
        assert_eq!(place.load().skillmeat_home.value, place.home.join(expected));
    }
}

#[test]
fn other_programs_variables_are_not_read() {
    let place = Place::new().variable("SKILLMEAT_HOME", "/x").variable("ROOTS", "/y");
    let place = place.variable("skillstat_roots", "/z").variable("XSKILLSTAT_ROOTS", "/z");
    assert_eq!(place.load().roots.origin, Origin::Default);
}
