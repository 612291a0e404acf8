//! `skillstat man` and `skillstatd --man`.

use clap::CommandFactory;
use clap_mangen::Man;

use crate::args::{Cli, Service};
use crate::console::Console;
use crate::exit::Exit;

/// Prints the manual page, and behind it one section a command.
pub(crate) fn man(console: &mut Console<'_>) -> anyhow::Result<Exit> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help")
    {
        let man = Man::new(subcommand.clone());
        page.extend_from_slice(
            format!(".SH SKILLSTAT {}\n", subcommand.get_name().to_uppercase()).as_bytes(),
        );
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    console.data(&page);
    Ok(Exit::Fine)
}

/// Prints the manual page of `skillstatd`.
pub(crate) fn service_man(console: &mut Console<'_>) -> anyhow::Result<Exit> {
    let mut page = Vec::new();
    Man::new(Service::command()).render(&mut page)?;
    console.data(&page);
    Ok(Exit::Fine)
}
