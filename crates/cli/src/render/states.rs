//! States in their colours.

use anstyle::{AnsiColor, Style};
use skillstat_domain::StateName;

/// Returns the colour of a state: red asks for attention, yellow for a look.
pub(crate) fn style(state: StateName) -> Style {
    match state {
        StateName::Synced => AnsiColor::Green.on_default(),
        StateName::Outdated => AnsiColor::Cyan.on_default(),
        StateName::Missing => AnsiColor::Yellow.on_default(),
        StateName::Unreadable => AnsiColor::Magenta.on_default().bold(),
        StateName::Modified => AnsiColor::Red.on_default().bold(),
        StateName::Conflict => AnsiColor::Red.on_default().bold().underline(),
    }
}

/// Returns how often each state occurs, worst first, as `2 modified, 1 missing`.
pub(crate) fn summary(states: impl Iterator<Item = StateName>) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for state in states {
        *counts.entry(state).or_insert(0_usize) += 1;
    }
    let parts: Vec<_> =
        counts.iter().rev().map(|(state, count)| format!("{count} {state}")).collect();
    parts.join(", ")
}

/// Returns a number and its noun.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
