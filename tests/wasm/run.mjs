// Runs one test binary of Rust that was compiled for wasm32-wasip1: cargo's runner for that target.
//
//     node tests/wasm/run.mjs PROGRAM.wasm [arguments of the test harness]
//
// The program gets its arguments, a clock, randomness and the terminal, and nothing else: no file,
// no process, no variable of the environment. What a test needs beyond that, it does not find here.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { WASI } from "node:wasi";

const [program, ...options] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [basename(program), ...options], env: {} });
// Without a name that outlives this script, the collector takes the system away while the program
// still runs in it, and Node 20 aborts without a word.
globalThis.system = wasi;
const compiled = new WebAssembly.Module(readFileSync(program));
const instance = new WebAssembly.Instance(compiled, wasi.getImportObject());
try {
  process.exitCode = wasi.start(instance);
} catch (trap) {
  // A panic ends the whole program here, since there is no unwinding: the test that failed is the
  // one whose name was printed last, and those behind it have not run.
  console.error(`\n${trap}: the test named last has failed`);
  process.exitCode = 101;
}
