//! How lines for people are set off from each other: by colour, or not at all.

use std::fmt::{self, Display};

use anstream::AutoStream;
use anstream::stream::RawStream;
use anstyle::AnsiColor;
use clap::ColorChoice;

/// Plain text, or text with ANSI colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// Nothing but the text.
    #[default]
    Plain,
    /// Colours as terminals understand them.
    Ansi,
}

impl Style {
    /// The style for an output. `auto` is colour on a terminal that can show it, unless `NO_COLOR` or `CLICOLOR=0` is
    /// set; `CLICOLOR_FORCE` is colour everywhere.
    #[must_use]
    pub fn choose(choice: ColorChoice, output: &impl RawStream) -> Self {
        let plain = match choice {
            ColorChoice::Always => false,
            ColorChoice::Never => true,
            ColorChoice::Auto => AutoStream::choice(output) == anstream::ColorChoice::Never,
        };
        if plain { Self::Plain } else { Self::Ansi }
    }

    /// The text in a tone.
    pub(super) fn paint<T: Display>(self, tone: Tone, text: T) -> Painted<T> {
        let style = match self {
            Self::Plain => anstyle::Style::new(),
            Self::Ansi => tone.ansi(),
        };
        Painted { style, text }
    }
}

/// What a text says about itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tone {
    /// All is well.
    Good,
    /// Something is wrong.
    Bad,
    /// Something could not be found out.
    Unclear,
    /// Something is known, and to be kept in mind.
    Known,
    /// What one looks for.
    Strong,
    /// What one can do without.
    Faint,
}

impl Tone {
    fn ansi(self) -> anstyle::Style {
        match self {
            Self::Good => AnsiColor::Green.on_default().bold(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Unclear => AnsiColor::Magenta.on_default().bold(),
            Self::Known => AnsiColor::Yellow.on_default().bold(),
            Self::Strong => anstyle::Style::new().bold(),
            Self::Faint => anstyle::Style::new().dimmed(),
        }
    }
}

/// A text in a tone.
pub(super) struct Painted<T> {
    style: anstyle::Style,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}
