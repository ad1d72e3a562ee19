//! The window, as seen and handled by a test.

use std::cell::Cell;
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, NewSessionError};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use keyring_session::KeyringSession;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::driver::{self, Driver};
use crate::home::Home;
use crate::picture::{self, Mark};

/// How long anything in the window may take, on a busy machine too.
const WAITING_MAX: Duration = Duration::from_secs(20);

/// How often a condition is looked at meanwhile.
const LOOKING_EVERY: Duration = Duration::from_millis(50);

/// How long the window may take to open.
const OPENING_MAX: Duration = Duration::from_secs(40);

/// How long the window may take to close.
const CLOSING_MAX: Duration = Duration::from_secs(5);

/// A running Bindery with its own data, display and session. Closes with this value.
///
/// Elements are named by their `data-test` attribute. Every method that acts waits for its element
/// first; all panic, with what the page showed, when it does not come.
pub(crate) struct Window {
    name: &'static str,
    /// Gone only while closing.
    client: Option<Client>,
    runtime: Runtime,
    driver: Driver,
    home: Home,
    /// How many pictures were taken.
    pictures: Cell<u8>,
}

impl Window {
    /// Opens the window on an empty data folder. `name` names the test's files in `target/e2e`.
    #[track_caller]
    pub(crate) fn open(name: &'static str) -> Self {
        Self::open_on(name, |_| ())
    }

    /// Opens the window on folders that were prepared.
    #[track_caller]
    pub(crate) fn open_on(name: &'static str, prepare: impl FnOnce(&Home)) -> Self {
        let home = Home::new().expect("a temporary folder");
        prepare(&home);
        fs::create_dir_all(results()).expect("a folder for the results");
        let log = results().join(format!("{name}.log"));
        let driver = Driver::start(&home, &log).expect("the processes around the window");
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let client = runtime.block_on(connect(&driver.address()));
        let client = client.unwrap_or_else(|error| {
            panic!("the window did not open: {error}; see {}", log.display())
        });
        Self {
            name,
            client: Some(client),
            runtime,
            driver,
            home,
            pictures: Cell::default(),
        }
    }

    /// Where the window keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.data()
    }

    /// Where the window keeps its configuration.
    pub(crate) fn config(&self) -> PathBuf {
        self.home.config()
    }

    /// What the processes around the window and the window itself wrote.
    pub(crate) fn log(&self) -> PathBuf {
        results().join(format!("{}.log", self.name))
    }

    /// The keyring that the window uses.
    pub(crate) const fn keyring(&self) -> &KeyringSession {
        self.driver.keyring()
    }

    /// Ends the app as `kill -9` does, and opens the window again on what is left.
    #[track_caller]
    pub(crate) fn kill_and_restart(&mut self) {
        self.driver.kill_app();
        self.restart();
    }

    /// Closes the window and opens it again, on the same data and the same keyring.
    #[track_caller]
    pub(crate) fn restart(&mut self) {
        self.restart_after(|| ());
    }

    /// The same, with something done while it is closed.
    #[track_caller]
    pub(crate) fn restart_after(&mut self, meanwhile: impl FnOnce()) {
        self.close();
        meanwhile();
        let client = self.runtime.block_on(connect(&self.driver.address()));
        let client = client.unwrap_or_else(|error| {
            panic!(
                "the window did not open again: {error}; see {}",
                self.log().display()
            )
        });
        self.client = Some(client);
    }

    fn close(&mut self) {
        if let Some(client) = self.client.take() {
            let _ = self
                .runtime
                .block_on(async { timeout(CLOSING_MAX, client.close()).await });
        }
    }

    /// Clicks on it.
    #[track_caller]
    pub(crate) fn click(&self, hook: &str) {
        self.until(&format!("a click on {hook}"), || {
            self.ask(self.find(hook)?.click()).ok()
        });
    }

    /// Clicks on it in the card of this connection.
    #[track_caller]
    pub(crate) fn click_within(&self, connection: &str, hook: &str) {
        let selector = format!("[data-id=\"{connection}\"] [data-test=\"{hook}\"]");
        self.until(&format!("a click on {hook} of {connection}"), || {
            let found = self.ask(self.client().find(Locator::Css(&selector)));
            self.ask(found.ok()?.click()).ok()
        });
    }

    /// Clicks on the one of them that stands for this: a row, or a choice.
    #[track_caller]
    pub(crate) fn pick(&self, hook: &str, id: &str) {
        let selector = format!("[data-test=\"{hook}\"][data-id=\"{id}\"]");
        self.until(&format!("a click on {hook} {id}"), || {
            let found = self.ask(self.client().find(Locator::Css(&selector)));
            self.ask(found.ok()?.click()).ok()
        });
    }

    /// Finds this agreement alone in the list, and opens it.
    #[track_caller]
    pub(crate) fn open_agreement(&self, id: &str) {
        self.go("nav-agreements");
        self.paste("filter-input", id);
        // Not before: rows that make room take a click on themselves elsewhere.
        self.until("the agreement alone", || {
            (self.rows() == [id]).then_some(())
        });
        self.pick("row", id);
    }

    /// Scrolls to what a CSS selector finds.
    #[track_caller]
    pub(crate) fn scroll_to(&self, selector: &str) {
        let script = "document.querySelector(arguments[0]).scrollIntoView()";
        let scrolled = self.ask(self.client().execute(script, vec![json!(selector)]));
        scrolled.expect("something to scroll to");
    }

    /// Goes to a screen by its link. Clicks again while it is not there: at the start the frame is drawn
    /// anew once the connection is open, and takes a click on the old one with it.
    #[track_caller]
    pub(crate) fn go(&self, hook: &str) {
        self.until(&format!("the screen behind {hook}"), || {
            self.ask(self.find(hook)?.click()).ok()?;
            let current = self.attribute(hook, "aria-current");
            (current.as_deref() == Some("page")).then_some(())
        });
    }

    /// Clicks on what a screen reader would announce as this: `("button", "Sync now")`.
    #[track_caller]
    pub(crate) fn click_role(&self, role: &str, name: &str) {
        self.until(&format!("a click on the {role} {name:?}"), || {
            self.ask(self.find_by_role(role, name)?.click()).ok()
        });
    }

    /// Chooses the option at this place, from 0, in a list of choices.
    #[track_caller]
    pub(crate) fn choose(&self, hook: &str, place: usize) {
        self.until(&format!("option {place} of {hook}"), || {
            self.ask(self.find(hook)?.select_by_index(place)).ok()
        });
    }

    /// Replaces what an input field holds, by keys as a person would.
    #[track_caller]
    pub(crate) fn fill(&self, hook: &str, text: &str) {
        self.click(hook);
        self.press(&[Key::Control.into(), 'a']);
        self.press(&[Key::Backspace.into()]);
        self.until(&format!("{hook} taking {text:?}"), || {
            self.ask(self.find(hook)?.send_keys(text)).ok()
        });
    }

    /// Puts a text into an input field at once, as pasting does; an open select takes it as its choice.
    #[track_caller]
    pub(crate) fn paste(&self, hook: &str, text: &str) {
        let script = "const field = document.querySelector(`[data-test='${arguments[0]}']`); \
                      if (field === null) return false; \
                      field.focus(); field.value = arguments[1]; \
                      field.dispatchEvent(new Event('input', { bubbles: true })); \
                      field.dispatchEvent(new Event('change', { bubbles: true })); \
                      return true;";
        self.until(&format!("{hook} being pasted into"), || {
            let arguments = vec![json!(hook), json!(text)];
            let pasted = self.ask(self.client().execute(script, arguments)).ok()?;
            pasted.as_bool()?.then_some(())
        });
    }

    /// Chooses a file, as the system's own dialog would.
    #[track_caller]
    pub(crate) fn give_file(&self, hook: &str, file: &Path) {
        self.until(&format!("{hook} taking {}", file.display()), || {
            self.ask(self.find(hook)?.send_keys(&file.to_string_lossy()))
                .ok()
        });
    }

    /// Presses keys together, the first ones being held: `[Key::Control.into(), 'k']`.
    #[track_caller]
    pub(crate) fn press(&self, keys: &[char]) {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        let actions = down
            .chain(up)
            .fold(KeyActions::new("keyboard".to_owned()), InputSource::then);
        let pressed = self.ask(self.client().perform_actions(actions));
        pressed.unwrap_or_else(|error| panic!("the keys {keys:?} were not taken: {error}"));
    }

    /// Waits until it is seen.
    #[track_caller]
    pub(crate) fn see(&self, hook: &str) {
        self.until(&format!("{hook} being seen"), || {
            self.is_seen(hook).then_some(())
        });
    }

    /// Whether it is seen now.
    pub(crate) fn is_seen(&self, hook: &str) -> bool {
        self.find(hook)
            .is_some_and(|element| self.ask(element.is_displayed()).unwrap_or(false))
    }

    /// Waits until it is seen no more.
    #[track_caller]
    pub(crate) fn gone(&self, hook: &str) {
        self.until(&format!("{hook} being gone"), || {
            (!self.is_seen(hook)).then_some(())
        });
    }

    /// How many elements a CSS selector finds now.
    pub(crate) fn count(&self, selector: &str) -> usize {
        self.ask(self.client().find_all(Locator::Css(selector)))
            .map_or(0, |found| found.len())
    }

    /// What it says now, if it is there.
    pub(crate) fn text(&self, hook: &str) -> Option<String> {
        self.ask(self.find(hook)?.text())
            .ok()
            .map(|text| text.trim().to_owned())
    }

    /// What the element with this id says now, if it is there.
    pub(crate) fn text_by_id(&self, id: &str) -> Option<String> {
        let found = self.ask(self.client().find(Locator::Id(id))).ok()?;
        self.ask(found.text()).ok()
    }

    /// An attribute it has now, if it is there.
    pub(crate) fn attribute(&self, hook: &str, name: &str) -> Option<String> {
        self.ask(self.find(hook)?.attr(name)).ok()?
    }

    /// An attribute of the last one of them, if there are any.
    pub(crate) fn last(&self, hook: &str, name: &str) -> Option<String> {
        let selector = format!("[data-test=\"{hook}\"]");
        let all = self
            .ask(self.client().find_all(Locator::Css(&selector)))
            .ok()?;
        self.ask(all.last()?.attr(name)).ok()?
    }

    /// How many agreements match the filter, once the window knows.
    pub(crate) fn matched(&self) -> Option<u64> {
        self.attribute("matched", "data-matched")?.parse().ok()
    }

    /// The agreement ids of the rows on the screen, from top to bottom.
    pub(crate) fn rows(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('[data-test=row]')] \
                      .map((row) => row.dataset.id).filter(Boolean)";
        let rows = self
            .ask(self.client().execute(script, Vec::new()))
            .unwrap_or_default();
        serde_json::from_value(rows).unwrap_or_default()
    }

    /// Asks `condition` until it has an answer, and gives up with what the page showed instead.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, condition: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + WAITING_MAX;
        loop {
            if let Some(answer) = condition() {
                return answer;
            }
            if deadline < Instant::now() {
                let picture = self.screenshot("failed");
                panic!(
                    "waited {} s for {what}. Screenshot: {}. The page says:\n{}",
                    WAITING_MAX.as_secs(),
                    picture.display(),
                    self.page_text(),
                );
            }
            thread::sleep(LOOKING_EVERY);
        }
    }

    /// Keeps what the window looks like now, as `target/e2e/<test>-<name>.png`.
    pub(crate) fn screenshot(&self, name: &str) -> PathBuf {
        let path = results().join(format!("{}-{name}.png", self.name));
        let number = self.pictures.get().wrapping_add(1);
        self.pictures.set(number);
        let mark = Mark::of(number);
        let arguments = vec![json!(mark.css())];
        let marked = self.ask(self.client().execute(include_str!("mark.js"), arguments));
        let mark = marked.is_ok().then_some(mark);
        if let Err(error) = picture::take(self.driver.display(), mark, &path) {
            // Often on the way to a failure, which is what should be told.
            eprintln!("no screenshot: {error}");
        }
        path
    }

    /// Keeps what this view looks like in the light and in the dark, and holds it to what no view may do.
    #[track_caller]
    pub(crate) fn portray(&self, name: &str) {
        for theme in ["light", "dark"] {
            let script = "document.documentElement.dataset.theme = arguments[0]";
            let shown = self.ask(self.client().execute(script, vec![json!(theme)]));
            shown.expect("a theme");
            self.screenshot(&format!("{name}-{theme}"));
        }
        // Last: by now nothing slides any more.
        self.stay_in_shape(name);
    }

    #[track_caller]
    fn stay_in_shape(&self, name: &str) {
        let found = self.ask(self.client().execute(include_str!("askew.js"), Vec::new()));
        let wrong: Vec<String> = found
            .ok()
            .and_then(|found| serde_json::from_value(found).ok())
            .expect("an answer about the view's shape");
        if !wrong.is_empty() {
            let picture = self.screenshot("failed");
            panic!("{name}: {wrong:#?}. Screenshot: {}", picture.display());
        }
    }

    /// Everything the page says now.
    pub(crate) fn page_text(&self) -> String {
        let script = "return document.body.innerText";
        let text = self.ask(self.client().execute(script, Vec::new()));
        match text {
            Ok(text) => text.as_str().unwrap_or_default().to_owned(),
            Err(error) => format!("(nothing: {error})"),
        }
    }

    /// The first such element now.
    fn find(&self, hook: &str) -> Option<Element> {
        let selector = format!("[data-test=\"{hook}\"]");
        self.ask(self.client().find(Locator::Css(&selector))).ok()
    }

    /// The element a screen reader would announce with this role and name, if it is there.
    fn find_by_role(&self, role: &str, name: &str) -> Option<Element> {
        let arguments = vec![json!(role), json!(name)];
        let found = self
            .ask(self.client().execute(include_str!("by-role.js"), arguments))
            .ok()?;
        let reference = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(
            self.client().clone(),
            reference.into(),
        ))
    }

    fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, Box<CmdError>> {
        self.runtime.block_on(question).map_err(Box::new)
    }

    fn client(&self) -> &Client {
        self.client
            .as_ref()
            .expect("the window is open until it is dropped")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Politely first; the driver ends what is left, as when the window no longer answers.
        self.close();
    }
}

async fn connect(address: &str) -> Result<Client, String> {
    let capabilities = json!({
        "browserName": "wry",
        "tauri:options": { "application": env!("CARGO_BIN_EXE_bindery") },
    });
    let capabilities = capabilities.as_object().cloned().unwrap_or_default();
    let mut client = ClientBuilder::new(HttpConnector::new());
    let opened = client.capabilities(capabilities).connect(address);
    // The WebDriver waits for ever for a window whose process has ended.
    match timeout(OPENING_MAX, opened).await {
        Ok(opened) => opened.map_err(|error: NewSessionError| error.to_string()),
        Err(_) => Err(format!("not within {} s", OPENING_MAX.as_secs())),
    }
}

/// Screenshots and logs of the last run.
fn results() -> PathBuf {
    driver::target_folder().join("e2e")
}
