//! The grammar of `datetime.fromisoformat` in CPython 3.11.
//!
//! Why not jiff's own parser: it takes other texts than Python does (no compact times, no weeks,
//! only `T` or a space between date and time), and the tracker's writers are Python programs.

use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};
use jiff::tz::Offset;

/// Reads a whole date and time; nothing when the text is none.
pub(super) fn date_time(text: &str) -> Option<(DateTime, Option<Offset>)> {
    let date_end = date_length(text.as_bytes())?;
    let (date, rest) = (text.get(..date_end)?, text.get(date_end..)?);
    let date = date_of(date.as_bytes())?;
    let mut rest = rest.chars();
    // Any one character may stand between date and time.
    let (time, offset) = match rest.next() {
        None => (Time::midnight(), None),
        Some(_separator) => time(rest.as_str())?,
    };
    Some((date.to_datetime(time), offset))
}

/// Finds where the date ends, which its first characters decide.
fn date_length(text: &[u8]) -> Option<usize> {
    let digit_at = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    if text.len() < 7 {
        return None;
    }
    let week_at = if text[4] == b'-' { 5 } else { 4 };
    Some(match (text[4] == b'-', text.get(week_at) == Some(&b'W')) {
        (true, true) if text.get(8) != Some(&b'-') => 8,
        // `2026-W01-12`: the dash stands between the date and a time.
        (true, true) if digit_at(9) && digit_at(10) => 8,
        (true, _) => 10,
        (false, true) => match (7..text.len()).take_while(|&at| digit_at(at)).count() {
            0 => 7,
            1 => 8,
            digits if digits % 2 == 1 => 7,
            _ => 8,
        },
        (false, false) => 8,
    })
}

fn date_of(text: &[u8]) -> Option<Date> {
    let (year, rest) = text.split_at_checked(4)?;
    let year = i16::try_from(number(year)?).ok()?;
    let (dash, rest) = match rest.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if let Some(rest) = rest.strip_prefix(b"W") {
        let (week, day) = rest.split_at_checked(2)?;
        let day = match (dash, day) {
            (_, []) => 1,
            (true, [b'-', day]) | (false, [day]) => number(&[*day])?,
            _ => return None,
        };
        let day = Weekday::from_monday_one_offset(i8::try_from(day).ok()?).ok()?;
        let week = i8::try_from(number(week)?).ok()?;
        return within_years(ISOWeekDate::new(year, week, day).ok()?.date());
    }
    let (month, rest) = rest.split_at_checked(2)?;
    let day = if dash { rest.strip_prefix(b"-")? } else { rest };
    if day.len() != 2 {
        return None;
    }
    let (month, day) = (i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?);
    within_years(Date::new(year, month, day).ok()?)
}

/// Python's calendar has the years 1 to 9999 only.
fn within_years(date: Date) -> Option<Date> {
    (1..=9999).contains(&date.year()).then_some(date)
}

fn time(text: &str) -> Option<(Time, Option<Offset>)> {
    let zone_at = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let clock = Clock::read(clock.as_bytes())?;
    let offset = match zone.split_at_checked(1) {
        // Python looks for leftover characters only when no zone follows.
        None if clock.leftover => return None,
        None => None,
        Some(("Z", "")) => Some(Offset::UTC),
        Some(("Z", _)) => return None,
        Some((sign, offset)) => {
            let offset = Clock::read(offset.as_bytes()).filter(|offset| !offset.leftover)?;
            let [hours, minutes, seconds] = offset.parts;
            let seconds = i32::try_from((hours * 60 + minutes) * 60 + seconds).ok()?;
            if seconds >= 24 * 60 * 60 {
                return None;
            }
            Some(Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()?)
        }
    };
    let nanosecond = i32::try_from(clock.microsecond * 1000).ok()?;
    let [hour, minute, second] = clock.parts.map(|part| i8::try_from(part).unwrap_or(i8::MAX));
    Some((Time::new(hour, minute, second, nanosecond).ok()?, offset))
}

/// `HH[:MM[:SS]]` or the same without colons, then a fraction.
#[derive(Default)]
struct Clock {
    parts: [u32; 3],
    microsecond: u32,
    /// Whether characters stand behind what was read.
    leftover: bool,
}

impl Clock {
    /// Reads hours, minutes and seconds; the character behind the hours decides whether colons
    /// stand between them, and a fraction may follow any of the three.
    fn read(text: &[u8]) -> Option<Self> {
        let mut clock = Self::default();
        let (mut rest, mut colons) = (text, false);
        for index in 0..clock.parts.len() {
            let (digits, after) = rest.split_at_checked(2)?;
            clock.parts[index] = number(digits)?;
            let Some((&next, behind)) = after.split_first() else { return Some(clock) };
            colons = if index == 0 { next == b':' } else { colons };
            rest = match next {
                // One last character is left over, whatever it is.
                _ if behind.is_empty() => return Some(Self { leftover: true, ..clock }),
                b':' if colons => behind,
                b'.' | b',' => return clock.read_fraction(behind),
                _ if colons => return None,
                _ => after,
            };
        }
        clock.read_fraction(rest)
    }

    /// Reads at least as many digits as there is room for in six; further digits are cut off.
    fn read_fraction(mut self, text: &[u8]) -> Option<Self> {
        let digits = &text[..text.len().min(6)];
        let zeros = u32::try_from(6 - digits.len()).ok()?;
        self.microsecond = number(digits)? * 10_u32.pow(zeros);
        self.leftover = !text.iter().all(u8::is_ascii_digit);
        Some(self)
    }
}

/// Reads ASCII digits only; nothing when there is another character, or none at all.
fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}
