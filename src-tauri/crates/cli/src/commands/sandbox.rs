//! Serving the sandbox and acting as its buyers.

use connection::{ControlGuard, Folders};
use sandbox::{
    Control, Fault as NewFault, Mailbox, Options, ReceivedMail, Registration, Subscribe,
};
use serde::Serialize;

use crate::args::{
    CancellationCommand, FaultArgs, SandboxArgs, SandboxCommand, ServeArgs, SubscribeArgs,
};
use crate::output::{Fault, Output};

#[derive(Serialize)]
struct Serving<'a> {
    endpoint: &'a str,
}

pub(crate) async fn run(
    args: SandboxArgs,
    folders: &Folders,
    output: &Output,
) -> Result<(), Fault> {
    if let SandboxCommand::Serve(serve) = args.command {
        return self::serve(serve, folders, output).await;
    }
    if let Some(endpoint) = args.endpoint {
        return act(args.command, &Control::at(endpoint), output).await;
    }
    let guard = ControlGuard::open(&folders.sandbox()).await?;
    let outcome = act(args.command, guard.control(), output).await;
    guard.finish().await;
    outcome
}

async fn serve(args: ServeArgs, folders: &Folders, output: &Output) -> Result<(), Fault> {
    let known = Options::for_state(&folders.sandbox());
    let options = Options {
        listen: args.listen,
        seed: args.seed.unwrap_or(known.seed),
        agreements: args.agreements.unwrap_or(known.agreements),
        now: args.now,
        state_dir: known.state_dir,
    };
    let running = sandbox::serve(options)
        .await
        .map_err(connection::OpenError::from)?;
    // One line, whatever the format: scripts wait for it.
    let line = serde_json::to_string(&Serving {
        endpoint: running.endpoint(),
    });
    output.line(&line.map_err(|error| Fault::internal(&error))?)?;
    stop_signal()
        .await
        .map_err(|error| Fault::internal(&error))?;
    running.stop().await;
    Ok(())
}

/// Waits for Ctrl+C or a request to terminate.
async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

async fn act(command: SandboxCommand, control: &Control, output: &Output) -> Result<(), Fault> {
    match command {
        // Served above, without controls.
        SandboxCommand::Serve(_) => Ok(()),
        SandboxCommand::Subscribe(args) => subscribe(args, control, output).await,
        SandboxCommand::Cancellation(CancellationCommand::Accept { request }) => {
            let answer = control.accept(&request).await?;
            output.answer(&answer, || format!("{} {}", answer.id, answer.status))
        }
        SandboxCommand::Cancellation(CancellationCommand::Reject { request, reason }) => {
            let answer = control.reject(&request, reason.as_deref()).await?;
            output.answer(&answer, || format!("{} {}", answer.id, answer.status))
        }
        SandboxCommand::Cancel { agreement } => {
            let answer = control.cancel(&agreement).await?;
            output.answer(&answer, || {
                format!("{} {}", answer.agreement_id, answer.status)
            })
        }
        SandboxCommand::Advance { by } => {
            let answer = control.advance(&by).await?;
            output.answer(&answer, || format!("It is now {}", answer.now))
        }
        SandboxCommand::Fault(args) => fault(args, control, output).await,
        SandboxCommand::Mailbox { address, after } => {
            let mailbox = control.mailbox(&address, after).await?;
            output.answer(&mailbox.mails, || read(&mailbox))
        }
    }
}

/// The mails as a person reads them.
fn read(mailbox: &Mailbox) -> String {
    if mailbox.mails.is_empty() {
        return "No mail.".to_owned();
    }
    let mails = mailbox.mails.iter().map(|mail| {
        let ReceivedMail {
            number,
            at,
            to,
            subject,
            body,
        } = mail;
        format!("{number}  {at}  {to}\n{subject}\n\n{}\n", body.trim_end())
    });
    mails.collect::<Vec<_>>().join("\n")
}

async fn subscribe(args: SubscribeArgs, control: &Control, output: &Output) -> Result<(), Fault> {
    let purchase = Subscribe {
        listing: args.listing,
        account: args.account,
        private_offer: args.private_offer,
        value: args.value,
        company: args.company,
        ..Subscribe::default()
    };
    let answer: Registration = control.subscribe(&purchase).await?;
    output.answer(&answer, || {
        let none = "none (the product predates licenses)";
        let license = answer.license_arn.as_deref().unwrap_or(none);
        let Registration {
            agreement_id,
            registration_url,
            ..
        } = &answer;
        format!("Agreement {agreement_id}\nLicense   {license}\nSet up    {registration_url}")
    })
}

async fn fault(args: FaultArgs, control: &Control, output: &Output) -> Result<(), Fault> {
    let fault = NewFault {
        operation: args.operation,
        error: args.error,
        delay: args.delay,
        drop_after_accepting: args.drop_after_accepting,
        times: args.times,
        ..NewFault::default()
    };
    let answer = control.add_fault(&fault).await?;
    output.answer(&answer, || format!("Fault {} is set", answer.id))
}
