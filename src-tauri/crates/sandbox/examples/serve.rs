//! Serves a sandbox until it is stopped: `serve [AGREEMENTS] [STATE_DIR] [SEED]`.
//! The first line on standard output is `{"endpoint":"http://127.0.0.1:PORT"}`.

use std::error::Error;
use std::io::Write;

use sandbox::{Options, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let defaults = Options::default();
    let agreements = arguments
        .next()
        .map_or(Ok(defaults.agreements), |text| text.parse())?;
    let state_dir = arguments
        .next()
        .filter(|path| !path.is_empty())
        .map(Into::into);
    let seed = arguments
        .next()
        .map_or(Ok(defaults.seed), |text| text.parse())?;
    let running = serve(Options {
        agreements,
        state_dir,
        seed,
        ..defaults
    })
    .await?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{}",
        serde_json::json!({ "endpoint": running.endpoint() })
    )?;
    out.flush()?;
    tokio::signal::ctrl_c().await?;
    running.stop().await;
    Ok(())
}
