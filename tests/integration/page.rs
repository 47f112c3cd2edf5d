//! The HTML report in a real browser. Without one these tests are left out, unless `MOCK_BSS_CHROMIUM` names one.

use crate::{
    liar::Liar,
    reports::{args, evil, sandbox_for},
    util::*,
};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The browser: `MOCK_BSS_CHROMIUM`, or one of the usual names in `PATH`.
fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("MOCK_BSS_CHROMIUM").filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    found.into_iter().find(|file| file.is_file())
}

/// A page as the browser shows it, and what it wrote into its console.
struct Shown {
    dom: String,
    console: String,
}

fn show(browser: &Path, page: &Path, fragment: &str) -> Shown {
    let profile = tempfile::tempdir().unwrap();
    let written = |name: &str| profile.path().join(name);
    let mut running = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        // Whatever the browser itself would like to fetch, it finds no host.
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--virtual-time-budget=10000"])
        .args(["--window-size=1200,900", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}{fragment}", page.display()))
        .stdin(Stdio::null())
        .stdout(File::create(written("dom")).unwrap())
        .stderr(File::create(written("log")).unwrap())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", browser.display()));
    // A page that asks its reader something (`alert`) would wait for ever.
    let mut patience = 600;
    while running.try_wait().unwrap().is_none() {
        patience -= 1;
        if patience == 0 {
            let _ = running.kill();
            let _ = running.wait();
            panic!("the browser does not come to an end with {}", page.display());
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let read = |name: &str| String::from_utf8_lossy(&std::fs::read(written(name)).unwrap()).into_owned();
    let (dom, log) = (read("dom"), read("log"));
    let console = log.lines().filter(|line| line.contains("CONSOLE")).map(|line| format!("{line}\n")).collect();
    assert!(dom.contains("</html>"), "the browser showed nothing:\n{log}");
    Shown { dom, console }
}

/// The tag with this text in it, up to its end.
fn tag<'d>(dom: &'d str, text: &str) -> &'d str {
    let at = dom.find(text).unwrap_or_else(|| panic!("{text} is not in the page"));
    let start = dom[..at].rfind('<').unwrap();
    &dom[start..start + dom[start..].find('>').unwrap()]
}

/// The page of a run against somebody who answers in wild words.
fn page() -> Sandbox {
    let servers = servers();
    let liar = servers.block_on(Liar::start(evil));
    let sandbox = sandbox_for(&liar);
    let report = ["html=r.html".to_owned()];
    sandbox.run(&args(&["subscriptions/suspend", "subscriptions/update-up"], &report)).ends(1);
    servers.block_on(liar.stop());
    sandbox
}

#[test]
fn the_page_opens_filters_and_follows_links_without_a_word_in_the_console() {
    let Some(browser) = chromium() else { return };
    let sandbox = page();
    let file = sandbox.path().join("r.html");
    let scenario = |dom: &str, key: &str| tag(dom, &format!("id=\"s-{key}\"")).to_owned();

    let plain = show(&browser, &file, "");
    assert_eq!(plain.console, "");
    assert!(plain.dom.contains("<html lang=\"en\" class=\"js\">"), "the script did not run");
    // The first screen says how far the service manager has come; the times have a picture.
    assert!(tag(&plain.dom, "data-level=\"none reached\"").starts_with("<strong"));
    assert_eq!(plain.dom.matches("<svg class=\"chart\"").count(), 1);
    assert!(plain.dom.contains(">operator</text>") && plain.dom.contains("Access e-mail after buy"));
    assert!(!plain.dom.contains("<img"));
    assert!(!scenario(&plain.dom, "subscriptions/update-up").contains(" hidden"));

    let failing = show(&browser, &file, "#filter=status:fail");
    assert_eq!(failing.console, "");
    assert!(scenario(&failing.dom, "subscriptions/update-up").contains(" hidden"));
    assert!(!scenario(&failing.dom, "subscriptions/suspend").contains(" hidden"));
    let by_rule = show(&browser, &file, "#filter=rule:R-53");
    assert!(!scenario(&by_rule.dom, "subscriptions/update-up").contains(" hidden"));
    assert!(scenario(&by_rule.dom, "subscriptions/suspend").contains(" hidden"));
    let by_text = show(&browser, &file, "#filter=text:onerror%3Dalert");
    assert!(scenario(&by_text.dom, "subscriptions/update-up").contains(" hidden"));
    assert!(!scenario(&by_text.dom, "subscriptions/suspend").contains(" hidden"));

    // A link to a call opens the scenario that it stands in, and draws the exchange.
    let linked = show(&browser, &file, "#c-subscriptions/update-up/0");
    assert_eq!(linked.console, "");
    assert!(scenario(&linked.dom, "subscriptions/update-up").contains(" open"));
    assert!(tag(&linked.dom, "id=\"c-subscriptions/update-up/0\"").contains("data-drawn"));
    assert!(!plain.dom.contains("data-drawn"));
}

/// A script in the page that does what a person does, and writes down what came of it.
const HANDS: &str = r#"
const said = {};
const key = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
const at = () => document.activeElement.closest('[data-status]')?.id ?? document.activeElement.id;
key('j'); said.first = at(); key('j'); said.second = at(); key('k'); said.back = at();
key('/'); said.slash = at(); key('j'); said.typed = at(); key('Escape'); said.escaped = at();
key('?'); said.help = document.getElementById('help').open; document.getElementById('help').close();
key('t'); said.theme = document.documentElement.dataset.theme; key('t'); said.themeAgain = document.documentElement.dataset.theme;
const call = document.querySelector('.call'); call.open = true;
const box = document.querySelector('input[value=fail]'); box.click(); said.hash = location.hash;
document.getElementById('clear').click(); said.cleared = location.hash;
setTimeout(() => {
  said.parts = [...call.querySelectorAll('h4')].map((head) => head.textContent.split(':')[0]);
  said.curl = call.querySelector('.curl').textContent;
  said.fetched = performance.getEntriesByType('resource').length;
  const out = document.createElement('output');
  out.id = 'said'; out.textContent = JSON.stringify(said).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026').replaceAll('>', '\\u003e');
  document.body.append(out);
}, 500);
"#;

#[test]
fn keys_move_through_the_page_and_a_call_unfolds() {
    let Some(browser) = chromium() else { return };
    let sandbox = page();
    let text = sandbox.read("r.html");
    // The policy of the page would not let these hands in, so it is taken out of the copy.
    let (start, end) = (text.find("<meta http-equiv").unwrap(), text.find("<meta name=\"viewport\"").unwrap());
    let handled =
        format!("{}{}", &text[..start], &text[end..]).replace("</body>", &format!("<script>{HANDS}</script></body>"));
    let file = sandbox.file("hands.html", &handled);
    let shown = show(&browser, &file, "");
    assert_eq!(shown.console, "");
    let said = shown.dom.split("<output id=\"said\">").nth(1).unwrap().split("</output>").next().unwrap();
    let said = json(said);
    assert!(said["first"].as_str().unwrap().starts_with("f-subscriptions/suspend/"), "{said}");
    assert_ne!(said["first"], said["second"]);
    assert_eq!(said["first"], said["back"]);
    assert_eq!(
        (&said["slash"], &said["typed"]),
        (&"text".into(), &"text".into()),
        "a letter in the filter is a letter"
    );
    assert_eq!((&said["escaped"], &said["help"]), (&"".into(), &true.into()), "{said}");
    assert_ne!(said["theme"], said["themeAgain"]);
    assert_eq!((&said["hash"], &said["cleared"]), (&"#filter=status:fail".into(), &"".into()));
    let parts: Vec<&str> = said["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    assert_eq!(parts, ["Request", "Response", "Normalised for its snapshot", "Again, alone"]);
    let curl = said["curl"].as_str().unwrap();
    assert!(curl.starts_with("curl -sS -X ") && curl.contains("$MOCK_BSS_APP_KEY"), "{curl}");
    assert_eq!(said["fetched"], 0, "the page fetched something");
}

#[test]
fn scripts_of_others_do_not_run() {
    let Some(browser) = chromium() else { return };
    let sandbox = page();
    let text = sandbox.read("r.html");
    let intruder = "<script>document.body.id = 'intruder'</script></body>";
    let file = sandbox.file("intruder.html", &text.replace("</body>", intruder));
    let shown = show(&browser, &file, "");
    assert!(!shown.dom.contains("<body id=\"intruder\">"));
    assert!(shown.console.contains("Content Security Policy"), "{}", shown.console);
}
