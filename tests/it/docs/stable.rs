//! What each run has its own of, and what the documents show in its place.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use crate::support::without_limits;

/// The home that the documents tell of.
const HOME: &str = "/home/you";

/// Where the service of the documents listens.
const ADDRESS: &str = "127.0.0.1:8787";

/// What times are told as that were made while a command ran.
const TIME: &str = "2026-01-02T03:04:05.678901";

/// What one run has its own of.
pub(super) struct Stable {
    home: String,
    /// Texts whose times are as they are.
    known: String,
    /// Where the service listens.
    pub(super) address: Option<SocketAddr>,
    /// The backups in the order in which they were shown.
    backups: Vec<String>,
}

impl Stable {
    pub(super) fn new(home: &str, known: String) -> Self {
        Self { home: home.to_owned(), known, address: None, backups: Vec::new() }
    }

    /// Returns what is to be typed here for what the documents show.
    pub(super) fn typed(&self, line: &str) -> String {
        let mut line = line.to_owned();
        if let Some(address) = &self.address {
            line = line.replace(ADDRESS, &address.to_string());
        }
        for (number, backup) in self.backups.iter().enumerate() {
            line = line.replace(&shown_backup(number, backup), backup);
        }
        line
    }

    /// Returns what the documents show for what is seen here.
    pub(super) fn shown(&mut self, seen: &str) -> String {
        let mut seen = without_limits(seen).replace(&self.home, HOME).replace('\r', "");
        if let Some(address) = &self.address {
            seen = seen.replace(&address.to_string(), ADDRESS);
        }
        for time in times(&seen).into_iter().filter(|time| !self.known.contains(time)) {
            let shown = format!("{}{}{}", &TIME[..10], &time[10..11], &TIME[11..time.len()]);
            seen = seen.replace(&time, &shown);
        }
        self.with_shown_backups(&seen)
    }

    /// Backups are named after time and process; a column of them is as wide as its names.
    fn with_shown_backups(&mut self, seen: &str) -> String {
        let words = seen.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        let found: BTreeSet<_> = words.filter(|word| is_backup(word)).collect();
        if found.is_empty() {
            return seen.to_owned();
        }
        let mut names = vec![("ID".to_owned(), "ID".to_owned())];
        for backup in found {
            let known = self.backups.iter().position(|known| known == backup);
            let number = known.unwrap_or_else(|| {
                self.backups.push(backup.to_owned());
                self.backups.len() - 1
            });
            names.push((backup.to_owned(), shown_backup(number, backup)));
        }
        let wide = names.iter().map(|(backup, _)| backup.len()).max().unwrap_or(0);
        let narrow = names.iter().map(|(_, shown)| shown.len()).max().unwrap_or(0);
        let mut text = String::new();
        for line in seen.split_inclusive('\n') {
            let row = names.iter().find_map(|(backup, shown)| {
                let rest = line.strip_prefix(&format!("{backup:wide$}  "))?;
                Some(format!("{shown:narrow$}  {rest}"))
            });
            text += &row.unwrap_or_else(|| line.to_owned());
        }
        for (backup, shown) in &names {
            text = text.replace(backup, shown);
        }
        text
    }
}

/// Returns the dates with times of day in a text.
fn times(text: &str) -> BTreeSet<String> {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let mut times = BTreeSet::new();
    for at in 0..text.len().saturating_sub(FORM.len() - 1) {
        let bytes = &text.as_bytes()[at..];
        let fits = FORM.iter().zip(bytes).all(|(form, byte)| match form {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b' '),
            _ => byte == form,
        });
        if fits {
            let rest = &bytes[FORM.len()..];
            let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
            let fraction = if rest.first() == Some(&b'.') { 1 + digits.min(6) } else { 0 };
            times.insert(text[at..at + FORM.len() + fraction].to_owned());
        }
    }
    times
}

/// `20260102T030405-678901-…`, and what tells an edited one.
fn is_backup(word: &str) -> bool {
    let parts: Vec<_> = word.split('-').collect();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts.as_slice(), [second, fraction, _, _] | [second, fraction, _, _, "e"]
        if second.len() == 15 && fraction.len() == 6 && digits(fraction) && digits(&second[..8]))
}

fn shown_backup(number: usize, backup: &str) -> String {
    let end = if backup.ends_with("-e") { "-e" } else { "" };
    format!("20260102T030405-{:06}-1-0{end}", number + 1)
}

#[test]
fn what_each_run_has_its_own_of_is_shown_as_something_else_and_found_again() {
    let mut stable = Stable::new("/tmp/x", "since 2026-11-22T21:20:05".to_owned());
    let seen = "ID                               WHEN\n\
                20261126T050921-034257-4d26-0-e  2026-11-26T05:09:21.034726Z  /tmp/x/a\n\
                20261126T050920-205548-4d26-1    2026-11-22T21:20:05\n";
    let shown = "ID                            WHEN\n\
                 20260102T030405-000002-1-0-e  2026-01-02T03:04:05.678901Z  /home/you/a\n\
                 20260102T030405-000001-1-0    2026-11-22T21:20:05\n";
    assert_eq!(stable.shown(seen), shown);
    assert_eq!(stable.shown(seen), shown);
    let typed = stable.typed("skillstat restore 20260102T030405-000002-1-0-e");
    assert_eq!(typed, "skillstat restore 20261126T050921-034257-4d26-0-e");
}
