//! New scenario and snapshot files make the binary stale: they are embedded in it.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo:rerun-if-changed=scenarios");
    println!("cargo:rerun-if-changed=snapshots/reference");
}
