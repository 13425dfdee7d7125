// The little of WASI (preview 1) that a test harness needs, in JavaScript.
//
// Node has a WASI of its own, in native code that Node calls experimental. In Node 20 it ends the
// process now and then after all tests have passed, when its memory is collected: so it is not used.

import { writeSync } from "node:fs";
import { hrtime } from "node:process";

/** The program ended itself. */
export class Exit extends Error {
  constructor(code) {
    super(`ended with ${code}`);
    this.code = code;
  }
}

// Values of `errno` and `filetype` in wasi_snapshot_preview1.
const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const CHARACTER_DEVICE = 2;
// `clockid`: the time of day; the others count from anywhere.
const REALTIME = 0;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
// What getRandomValues fills at once (Web Cryptography API §10.1.1).
const RANDOM_OCTETS_MAX = 65_536;
const IS_OUTPUT = new Set([1, 2]);

/**
 * What a program with these arguments may ask for. The memory moves when it grows, so that it is
 * asked for anew each time. The answer gives, for the imports of a module, the object to import.
 */
export function system(args, memory) {
  const view = () => new DataView(memory());
  const zeroEnded = args.map((arg) => new TextEncoder().encode(`${arg}\0`));
  const sizes = (texts) => (count, octets) => {
    view().setUint32(count, texts.length, true);
    view().setUint32(octets, texts.reduce((sum, text) => sum + text.length, 0), true);
    return SUCCESS;
  };
  const copied = (texts) => (pointers, at) => {
    texts.forEach((text, index) => {
      view().setUint32(pointers + 4 * index, at, true);
      new Uint8Array(memory()).set(text, at);
      at += text.length;
    });
    return SUCCESS;
  };

  const calls = {
    args_sizes_get: sizes(zeroEnded),
    args_get: copied(zeroEnded),
    environ_sizes_get: sizes([]),
    environ_get: copied([]),
    clock_time_get(clock, _precision, at) {
      const now = BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND;
      view().setBigUint64(at, clock === REALTIME ? now : hrtime.bigint(), true);
      return SUCCESS;
    },
    random_get(at, octets) {
      for (let done = 0; done < octets; done += RANDOM_OCTETS_MAX) {
        const piece = Math.min(RANDOM_OCTETS_MAX, octets - done);
        crypto.getRandomValues(new Uint8Array(memory(), at + done, piece));
      }
      return SUCCESS;
    },
    fd_fdstat_get(descriptor, at) {
      if (!IS_OUTPUT.has(descriptor)) return BAD_DESCRIPTOR;
      new Uint8Array(memory(), at, 24).fill(0);
      view().setUint8(at, CHARACTER_DEVICE);
      return SUCCESS;
    },
    fd_write(descriptor, pieces, count, at) {
      if (!IS_OUTPUT.has(descriptor)) return BAD_DESCRIPTOR;
      let written = 0;
      for (let index = 0; index < count; index += 1) {
        const start = view().getUint32(pieces + 8 * index, true);
        const octets = view().getUint32(pieces + 8 * index + 4, true);
        written += writeAll(descriptor, new Uint8Array(memory(), start, octets));
      }
      view().setUint32(at, written, true);
      return SUCCESS;
    },
    proc_exit(code) {
      throw new Exit(code);
    },
    sched_yield: () => SUCCESS,
  };
  // A call that is not listed is about a file, and there is none.
  const offer = ({ name }) => [name, calls[name] ?? (() => BAD_DESCRIPTOR)];
  return (imports) => ({ wasi_snapshot_preview1: Object.fromEntries(imports.map(offer)) });
}

/** A pipe takes what fits into it, or nothing while its reader is slow. */
function writeAll(descriptor, octets) {
  for (let done = 0; done < octets.length; ) {
    try {
      done += writeSync(descriptor, octets, done);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
  return octets.length;
}
