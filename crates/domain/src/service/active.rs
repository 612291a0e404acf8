//! Characters that are obeyed and not shown: pure.

/// Tells whether a terminal or whoever reads it would obey a character instead of showing it: control
/// characters, ends of lines and paragraphs, and what changes the direction of writing. Names come from
/// trackers and from other machines, and may hold any.
pub fn is_active(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}
