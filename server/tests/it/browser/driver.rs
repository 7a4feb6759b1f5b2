//! A browser, driven by the WebDriver protocol: JSON over HTTP, of which this needs six calls.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::client;

/// How the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a view is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) dark: bool,
}

/// Chromium with one window.
pub(crate) struct Browser {
    driver: Child,
    client: Client,
    session: String,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its session: a driver that is killed leaves it running.
        let end = || {
            let (address, path) = self.session.strip_prefix("http://")?.split_once('/')?;
            let mut driver = TcpStream::connect(address).ok()?;
            driver.set_read_timeout(Some(PATIENCE)).ok()?;
            write!(driver, "DELETE /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
            driver.read(&mut [0; 64]).ok()
        };
        let _ = end();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts one. `None`, and a line that says so, where there is none: unless the environment says `WENI_BROWSER=required`.
    pub(crate) async fn start(look: Look) -> Option<Self> {
        let spawned =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut driver = match spawned {
            Ok(driver) => driver,
            Err(error) => {
                let required = std::env::var("WENI_BROWSER").is_ok_and(|value| value == "required");
                assert!(!required, "chromedriver: {error}");
                eprintln!("SKIPPED: the page was not tried in a browser: chromedriver: {error}");
                return None;
            }
        };
        let output = BufReader::new(driver.stdout.take().expect("its output"));
        let told = |line: String| {
            Some(line.rsplit_once("started successfully on port ")?.1.trim_end_matches('.').to_owned())
        };
        let port = output.lines().map_while(Result::ok).find_map(told).expect("the driver's port");
        let client = client();
        let mut browser = Browser { driver, client, session: format!("http://127.0.0.1:{port}/session") };
        let size = format!("--window-size={},900", look.width);
        let args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", &size];
        let options = json!({"args": args});
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}});
        let made = browser.call(Method::POST, "", wanted).await;
        browser.session = format!("{}/{}", browser.session, made["sessionId"].as_str().expect("a session"));
        // A window of a headless browser is no narrower than 500: the view is.
        browser
            .devtools(
                "Emulation.setDeviceMetricsOverride",
                json!({"width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": false}),
            )
            .await;
        let scheme =
            json!({"name": "prefers-color-scheme", "value": if look.dark { "dark" } else { "light" }});
        browser.devtools("Emulation.setEmulatedMedia", json!({"features": [scheme]})).await;
        Some(browser)
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        self.attempt(method, path, body).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn attempt(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let request = self.client.request(method.clone(), format!("{}{path}", self.session));
        let request = if method == Method::GET { request } else { request.json(&body) };
        let answer = request.send().await.expect("the driver answers");
        let good = answer.status().is_success();
        let mut told: Value = answer.json().await.expect("JSON");
        if good { Ok(told["value"].take()) } else { Err(told["value"]["message"].to_string()) }
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.call(Method::POST, "/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await;
    }

    pub(crate) async fn open(&self, url: &str) {
        self.call(Method::POST, "/url", json!({"url": url})).await;
    }

    /// The value of an expression of JavaScript.
    pub(crate) async fn eval(&self, expression: &str) -> Value {
        self.call(
            Method::POST,
            "/execute/sync",
            json!({"script": format!("return {expression}"), "args": []}),
        )
        .await
    }

    /// What a script hands to its callback, the last of its arguments.
    pub(crate) async fn eval_async(&self, script: &str) -> Value {
        self.call(Method::POST, "/execute/async", json!({"script": script, "args": []})).await
    }

    /// Waits until an expression is true.
    pub(crate) async fn wait_for(&self, expression: &str) {
        let start = Instant::now();
        while self.eval(expression).await != json!(true) {
            assert!(start.elapsed() < PATIENCE, "never: {expression}\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All that the page says.
    pub(crate) async fn text(&self) -> String {
        self.eval("document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says something.
    pub(crate) async fn shows(&self, text: &str) {
        self.wait_for(&format!("document.body.innerText.includes({})", Value::from(text))).await;
    }

    async fn find(&self, using: &str, value: &str) -> String {
        let start = Instant::now();
        loop {
            match self.attempt(Method::POST, "/element", json!({"using": using, "value": value})).await {
                Ok(found) => return found[ELEMENT].as_str().expect("an element").to_owned(),
                Err(error) => assert!(start.elapsed() < PATIENCE, "{value}: {error}\n{}", self.text().await),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Clicks what a CSS selector finds, as a person would: it must be there and in view.
    pub(crate) async fn click(&self, selector: &str) {
        let element = self.find("css selector", selector).await;
        self.call(Method::POST, &format!("/element/{element}/click"), json!({})).await;
    }

    /// Clicks a button, link or summary by what it says.
    pub(crate) async fn click_on(&self, text: &str) {
        let path = format!(
            "//main//*[self::button or self::a or self::summary][normalize-space()='{text}' or @aria-label='{text}']"
        );
        let element = self.find("xpath", &path).await;
        self.call(Method::POST, &format!("/element/{element}/click"), json!({})).await;
    }

    /// Types into what a CSS selector finds, in place of what stands there.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let element = self.find("css selector", selector).await;
        self.call(Method::POST, &format!("/element/{element}/clear"), json!({})).await;
        self.call(Method::POST, &format!("/element/{element}/value"), json!({"text": text})).await;
    }

    /// Presses keys where the focus is: `\u{E004}` is Tab, `\u{E007}` Enter.
    pub(crate) async fn press(&self, keys: &str) {
        let presses = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()})));
        let actions =
            json!({"actions": [{"type": "key", "id": "keyboard", "actions": presses.collect::<Vec<_>>()}]});
        self.call(Method::POST, "/actions", actions).await;
    }

    /// What the browser complained of: a policy broken, a script that failed, a file that is not there.
    pub(crate) async fn complaints(&self) -> Value {
        self.call(Method::POST, "/se/log", json!({"type": "browser"})).await
    }

    /// A picture of the view, in `target/screenshots/`.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = screenshots();
        std::fs::create_dir_all(&folder).expect("a folder");
        let picture = self.call(Method::GET, "/screenshot", Value::Null).await;
        let bytes = STANDARD.decode(picture.as_str().expect("a picture")).expect("base64");
        assert!(bytes.len() > 10_000, "{name} is nearly empty: {} bytes", bytes.len());
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("a picture");
    }
}

/// Where pictures are.
fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots")
}
