// Runs one test binary of Rust that was compiled for wasm32-wasip1: cargo's runner for that target.
//
//     node tests/wasm/run.mjs PROGRAM.wasm [arguments of the test harness]
//
// The program gets its arguments, a clock, randomness and the terminal, and nothing else: no file,
// no process, no variable of the environment. What a test needs beyond that, it does not find here.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Exit, system } from "./system.mjs";

const [program, ...options] = process.argv.slice(2);
const compiled = new WebAssembly.Module(readFileSync(program));
let instance;
const offered = system([basename(program), ...options], () => instance.exports.memory.buffer);
const asked = WebAssembly.Module.imports(compiled);
instance = new WebAssembly.Instance(compiled, offered(asked));
try {
  instance.exports._start();
} catch (end) {
  if (end instanceof Exit) {
    process.exitCode = end.code;
  } else {
    // A panic ends the whole program here, since there is no unwinding: the test that failed is the
    // one whose name was printed last, and those behind it have not run.
    console.error(`\n${end}: the test named last has failed`);
    process.exitCode = 101;
  }
}
