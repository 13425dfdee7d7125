//! The binary `sealpost-provider`; everything is in the library, so that tests and benches can link it.

fn main() -> std::process::ExitCode {
    sealpost_provider::command::main()
}
