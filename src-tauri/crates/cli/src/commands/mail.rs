//! How a connection's mail to buyers is sent.

use connection::{Connections, MailDraft};
use serde::Serialize;
use views::MailView;

use crate::args::{MailCommand, SetMailArgs};
use crate::output::{Fault, Output};
use crate::secrets;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tried<'a> {
    id: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Removed<'a> {
    id: &'a str,
    removed: bool,
}

pub(super) async fn run(
    id: &str,
    command: MailCommand,
    connections: &Connections,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        MailCommand::Show => show(id, connections, output),
        MailCommand::Set(args) => {
            connections.set_mail(id, &entered(args)?)?;
            show(id, connections, output)
        }
        MailCommand::Remove => {
            let removed = connections.remove_mail(id)?;
            output.answer(&Removed { id, removed }, || {
                let text = if removed {
                    "Its mail server and the password in the keyring are removed."
                } else {
                    "It had no mail server."
                };
                text.to_owned()
            })
        }
        MailCommand::Try { to } => {
            connections.try_mail(id, &to).await?;
            output.answer(&Tried { id, to: &to }, || {
                format!("A trial mail to {to} is on its way. See whether it comes.")
            })
        }
    }
}

/// What was given for mail, with the password from where secrets come from.
fn entered(args: SetMailArgs) -> Result<MailDraft, Fault> {
    let password = match args.user {
        Some(_) => secrets::password("Password (none: the one that is kept): ")?,
        None => zeroize::Zeroizing::default(),
    };
    Ok(MailDraft {
        host: args.host,
        port: args.port.unwrap_or_default(),
        security: args.security.unwrap_or_default(),
        user: args.user.unwrap_or_default(),
        password,
        from: args.from,
        from_name: args.from_name.unwrap_or_default(),
    })
}

fn show(id: &str, connections: &Connections, output: &Output) -> Result<(), Fault> {
    let view = connections.mail(id)?.as_ref().map(MailView::from);
    output.answer(&view, || {
        let Some(view) = &view else {
            return "It has no mail server, so it sends no mail to buyers.".to_owned();
        };
        let name = view.from_name.as_deref().unwrap_or("");
        format!(
            "Server    {}, port {}\nSecurity  {}\nUser      {}\nFrom      {} {name}",
            view.host,
            view.port,
            view.security,
            view.user.as_deref().unwrap_or("none"),
            view.from,
        )
    })
}
