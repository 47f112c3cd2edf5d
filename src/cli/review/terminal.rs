//! Keys as they are pressed where there is a terminal, lines where there is none, and the signals that end both.

use super::super::{output::Output, signals};
use crate::{play::Stop, report::review::prompt_lines, snapshot::Key};
use crossterm::{
    event::{self, KeyCode, KeyEventKind, KeyModifiers},
    terminal as raw,
};
use std::{
    io::{self, BufRead, IsTerminal},
    panic,
    sync::Once,
    thread,
};
use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    watch,
};

/// Where nothing says how large the screen is.
const COLUMNS: usize = 80;
const ROWS: usize = 24;
/// Lines at a time where there is no screen.
const LINES: usize = 60;

/// What came from the person, or from the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Event {
    Key(Key),
    /// The end of the input.
    Closed,
    /// Ctrl-C, or a signal.
    Interrupted,
}

/// The person's side of the conversation. The terminal is as it was before when this is dropped.
pub(in crate::cli) struct Terminal {
    output: Output,
    /// Single keys; otherwise lines.
    keys: bool,
    /// What is typed cannot be seen, because it comes from a pipe.
    unseen: bool,
    screen: bool,
    events: UnboundedReceiver<Event>,
    _stop: watch::Receiver<Stop>,
}

impl Terminal {
    /// Starts to listen: to keys if this is a terminal on both sides and nobody asked for lines.
    pub(in crate::cli) fn open(output: Output, lines: bool) -> Self {
        let (typed, screen) = (io::stdin().is_terminal(), io::stdout().is_terminal());
        let (sender, events) = unbounded_channel();
        let mut keys = !lines && typed && screen;
        // Signals come first: from the moment on that the terminal is changed, somebody has to put it in order. And at
        // once, because a second signal ends the process.
        let notice = sender.clone();
        let stop = signals::watch_for_stop(move || {
            if keys {
                let _ = raw::disable_raw_mode();
            }
            let _ = notice.send(Event::Interrupted);
        });
        if keys {
            restore_on_panic();
            keys = raw::enable_raw_mode().is_ok();
        }
        // It ends with the process: nothing can wake a thread that waits for a key.
        thread::spawn(move || if keys { read_keys(&sender) } else { read_lines(&sender) });
        Self { output, keys, unseen: !typed, screen, events, _stop: stop }
    }

    pub(in crate::cli) fn takes_lines(&self) -> bool {
        !self.keys
    }

    /// How many columns and rows there are.
    pub(in crate::cli) fn size(&self) -> (usize, usize) {
        let known = self.screen.then(|| raw::size().ok()).flatten();
        match known.map(|(columns, rows)| (usize::from(columns), usize::from(rows))) {
            Some((columns, rows)) if columns > 0 && rows > 0 => (columns, rows),
            _ if self.screen => (COLUMNS, ROWS),
            _ => (COLUMNS, LINES),
        }
    }

    /// Prints lines.
    pub(in crate::cli) fn say(&self, text: &str) {
        let text = if text.ends_with('\n') || text.is_empty() { text.to_owned() } else { format!("{text}\n") };
        self.print(&text);
    }

    fn print(&self, text: &str) {
        // A raw terminal does not go back to the first column by itself.
        self.output.print(&if self.keys { text.replace('\n', "\r\n") } else { text.to_owned() });
    }

    /// Shows what can be pressed and waits for it.
    pub(in crate::cli) async fn ask(&mut self, keys: &[(&str, &str)]) -> Event {
        self.print(&format!("\n{}", prompt_lines(keys, self.size().0, self.output.style())));
        let event = self.events.recv().await.unwrap_or(Event::Closed);
        // Enter has moved the cursor already, where there was one.
        if self.keys || self.unseen || !matches!(event, Event::Key(_)) {
            self.print("\n");
        }
        event
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.keys {
            let _ = raw::disable_raw_mode();
        }
    }
}

/// A message about a panic must be readable, and the shell after it usable.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let _ = raw::disable_raw_mode();
            before(info);
        }));
    });
}

fn read_keys(into: &UnboundedSender<Event>) {
    loop {
        let event = match event::read() {
            Ok(event::Event::Key(key)) if key.kind != KeyEventKind::Release => of_key(key.code, key.modifiers),
            Ok(_) => continue,
            Err(_) => Event::Closed,
        };
        let ended = event == Event::Closed;
        if into.send(event).is_err() || ended {
            return;
        }
    }
}

fn of_key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    let control = modifiers.contains(KeyModifiers::CONTROL);
    match code {
        KeyCode::Char('c') if control => Event::Interrupted,
        KeyCode::Char('d') if control => Event::Closed,
        KeyCode::Char(_) if control || modifiers.contains(KeyModifiers::ALT) => Event::Key(Key::Other),
        KeyCode::Char(letter) => Event::Key(Key::of(letter)),
        KeyCode::Esc => Event::Key(Key::Quit),
        _ => Event::Key(Key::Other),
    }
}

fn read_lines(into: &UnboundedSender<Event>) {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let event = match input.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => Event::Closed,
            Ok(_) => of_line(&String::from_utf8_lossy(&line)),
        };
        let ended = event == Event::Closed;
        if into.send(event).is_err() || ended {
            return;
        }
    }
}

/// One letter is a key. A longer line is none: nothing is decided by a slip.
fn of_line(line: &str) -> Event {
    let mut letters = line.trim().chars();
    match (letters.next(), letters.next()) {
        (Some('\u{1b}'), _) => Event::Key(Key::Quit),
        (Some(letter), None) => Event::Key(Key::of(letter)),
        _ => Event::Key(Key::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_lines_mean_the_same() {
        let plain = |letter| of_key(KeyCode::Char(letter), KeyModifiers::NONE);
        for letter in "arsAvwum?qx17z".chars() {
            assert_eq!(plain(letter), of_line(&format!(" {letter} \r\n")), "{letter}");
        }
        assert_eq!(of_key(KeyCode::Char('A'), KeyModifiers::SHIFT), Event::Key(Key::AcceptScenario));
        assert_eq!(of_key(KeyCode::Esc, KeyModifiers::NONE), Event::Key(Key::Quit));
        assert_eq!(of_line("\u{1b}\n"), Event::Key(Key::Quit));
    }

    #[test]
    fn what_is_no_key_decides_nothing() {
        for line in ["", "\n", "aa\n", "accept\n", "A all\n"] {
            assert_eq!(of_line(line), Event::Key(Key::Other), "{line:?}");
        }
        for (code, modifiers) in [
            (KeyCode::Char('a'), KeyModifiers::CONTROL),
            (KeyCode::Char('a'), KeyModifiers::ALT),
            (KeyCode::Enter, KeyModifiers::NONE),
            (KeyCode::Up, KeyModifiers::NONE),
        ] {
            assert_eq!(of_key(code, modifiers), Event::Key(Key::Other), "{code:?}");
        }
        assert_eq!(of_key(KeyCode::Char('c'), KeyModifiers::CONTROL), Event::Interrupted);
        assert_eq!(of_key(KeyCode::Char('d'), KeyModifiers::CONTROL), Event::Closed);
    }
}
