//! What a run needs beyond Rust: installed when it can be, otherwise named precisely.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// The compilation target of browsers, which proves the four lower rooms free of system calls.
pub const WASM_BROWSER: &str = "wasm32-unknown-unknown";
/// The compilation target on which their tests run: see decision 0013.
pub const WASM_TESTS: &str = "wasm32-wasip1";

/// A cargo subcommand that xtask installs for itself.
pub struct Tool {
    /// The crate and the binary.
    name: &'static str,
    /// The versions that these steps were written against.
    version: &'static str,
}

/// Audits bans, licences, sources and advisories.
pub const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "^0.20" };
/// Builds and runs libFuzzer targets.
pub const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "^0.13" };

impl Tool {
    /// The program's path, installing it into the tools folder first when it is missing.
    pub fn path(&self) -> Result<PathBuf> {
        let root = shell::tools_dir();
        let path = root.join("bin").join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX));
        if shell::answers(&path, &["--version"]) {
            return Ok(path);
        }
        println!("    installing {} {} into {}", self.name, self.version, root.display());
        let mut install = shell::cargo();
        // Unoptimised: it runs for seconds, and compiling it for speed takes minutes.
        install
            .args(["install", "--locked", "--debug", "--version", self.version, "--root"])
            .arg(&root)
            .arg(self.name)
            .env("CARGO_TARGET_DIR", root.join("build"))
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0");
        shell::run(&mut install)
            .with_context(|| format!("{} is missing and could not be installed", self.name))?;
        // The intermediate files are never used again; keeping them would cost a gigabyte.
        std::fs::remove_dir_all(root.join("build")).ok();
        Ok(path)
    }
}

/// Adds the wasm32 standard libraries to the active toolchain.
pub fn wasm_targets() -> Result<()> {
    let installed = shell::output_of(Command::new("rustup").current_dir(shell::root()).args([
        "target",
        "list",
        "--installed",
    ]))
    .context("rustup is needed to add the wasm32 targets")?;
    for target in [WASM_BROWSER, WASM_TESTS] {
        if !installed.lines().any(|line| line.trim() == target) {
            let mut add = Command::new("rustup");
            shell::run(add.current_dir(shell::root()).args(["target", "add", target]))?;
        }
    }
    Ok(())
}

/// Adds rustfmt and clippy, which a minimal toolchain lacks.
pub fn components() -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        if !shell::answers(cargo, &[subcommand, "--version"]) {
            let mut add = Command::new("rustup");
            shell::run(add.current_dir(shell::root()).args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// A foreign program and the Debian package that brings it.
struct Foreign {
    program: &'static str,
    arguments: &'static [&'static str],
    package: &'static str,
    purpose: &'static str,
}

const FOREIGN: &[Foreign] = &[
    Foreign {
        program: "cc",
        arguments: &["--version"],
        package: "build-essential",
        purpose: "builds the C parts of aws-lc and SQLite",
    },
    Foreign {
        program: "openssl",
        arguments: &["version"],
        package: "openssl",
        purpose: "the second judge of every signature, envelope and time-stamp",
    },
    Foreign {
        program: "faketime",
        arguments: &["--version"],
        package: "faketime",
        purpose: "gives a process of a test another clock",
    },
    Foreign {
        program: "make",
        arguments: &["--version"],
        package: "build-essential",
        purpose: "builds OpenSSL 4, a peer of tomorrow",
    },
    Foreign {
        program: "perl",
        arguments: &["-MIPC::Cmd", "-MFile::Compare", "-e", "1"],
        package: "perl",
        purpose: "configures OpenSSL 4",
    },
    Foreign {
        program: "gpgsm",
        arguments: &["--version"],
        package: "gpgsm",
        purpose: "GnuPG's S/MIME, a peer",
    },
    Foreign {
        program: "gpg-agent",
        arguments: &["--version"],
        package: "gpg-agent",
        purpose: "holds the keys of gpgsm",
    },
    Foreign {
        program: "gpg-connect-agent",
        arguments: &["--version"],
        package: "gpgconf",
        purpose: "tells the agent of gpgsm what changed",
    },
    Foreign {
        program: "python3",
        arguments: &["-c", "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"],
        package: "python3-venv",
        purpose: "runs pyHanko, a peer; version 3.11 or later",
    },
    Foreign {
        program: "node",
        // An older Node starts and knows no such module.
        arguments: &[
            "--no-warnings",
            "--eval",
            "new (require('node:wasi').WASI)({version: 'preview1'})",
        ],
        package: "nodejs",
        purpose: "runs the tests that are compiled to WebAssembly, version 20 or later",
    },
];

/// Installs foreign programs through apt when missing and permitted.
pub fn foreign_programs() -> Result<()> {
    let missing: Vec<_> =
        FOREIGN.iter().filter(|it| !shell::answers(it.program, it.arguments)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<_> = missing.iter().map(|it| it.package).collect();
    packages.dedup();
    if may_install_packages() {
        return install(&packages);
    }
    let list: Vec<_> =
        missing.iter().map(|it| format!("'{}' ({})", it.program, it.purpose)).collect();
    bail!(
        "missing {}; install it and run this again (on Debian: sudo apt-get install {})",
        list.join(" and "),
        packages.join(" ")
    )
}

/// The peer of the measurements. Installed without a configuration, so that nothing is started.
pub fn postfix() -> Result<()> {
    const CHOICE: &str = "postfix postfix/main_mailer_type select No configuration";
    if shell::answers("postconf", &["-d", "mail_version"]) {
        return Ok(());
    }
    if !may_install_packages() {
        bail!("Postfix is not installed, and only root on a Debian system may install it here");
    }
    let mut preset = Command::new("sh");
    shell::run(preset.args(["-c", &format!("echo '{CHOICE}' | debconf-set-selections")]))?;
    install(&["postfix"])
}

/// strace, if it is there or can be installed.
pub fn strace() -> Result<()> {
    if shell::answers("strace", &["-V"]) {
        return Ok(());
    }
    if !may_install_packages() {
        bail!("strace is not installed, and only root on a Debian system may install it here");
    }
    install(&["strace"])
}

fn install(packages: &[&str]) -> Result<()> {
    println!("    installing {}", packages.join(" "));
    shell::run(Command::new("apt-get").args(["update", "-q"]))?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-q", "-y"]);
    shell::run(install.arg("--no-install-recommends").args(packages))
}

fn may_install_packages() -> bool {
    let root = shell::output_of(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && shell::answers("apt-get", &["--version"])
}
