;; The worked example of an experimental cipher: ChaCha20 (RFC 8439 §2.4), written by hand.
;;
;; Nobody needs it: AES-256-GCM is around it, and it does not authenticate. It shows the whole of
;; what a plug-in is, in a text that can be read beside the RFC. How to write another one, and what
;; each export has to do: docs/experimental-ciphers.md.
;;
;; Memory, little-endian words as in RFC 8439 §2.3:
;;      0 ..   63  one block of key stream
;;     64 ..  127  the state: constants, key, counter, nonce
;;    128 ..  143  the cipher's name
;;   1024 ..       rooms for the host, given out in one direction, never taken back: an instance
;;                 lives for one call
(module
  (memory (export "memory") 1)

  ;; RFC 8439 §2.3: "expand 32-byte k" are the first four words of the state.
  (data (i32.const 64) "expand 32-byte k")
  (data (i32.const 128) "example-chacha20")

  (global $free (mut i32) (i32.const 1024))

  (func (export "sealpost_cipher_abi") (result i32) (i32.const 1))
  ;; Pointer in the upper half, octets in the lower one.
  (func (export "name") (result i64)
    (i64.or (i64.shl (i64.const 128) (i64.const 32)) (i64.const 16)))
  (func (export "key_octets") (result i32) (i32.const 32))
  (func (export "nonce_octets") (result i32) (i32.const 12))
  ;; A stream cipher: as long as its input.
  (func (export "overhead") (result i32) (i32.const 0))

  ;; Gives room for $octets, and grows the memory by as many pages as that needs.
  (func (export "alloc") (param $octets i32) (result i32)
    (local $room i32) (local $missing i32)
    (local.set $room (global.get $free))
    ;; The next room begins at a multiple of 16.
    (global.set $free
      (i32.and
        (i32.add (i32.add (local.get $room) (local.get $octets)) (i32.const 15))
        (i32.const -16)))
    (local.set $missing
      (i32.sub (global.get $free) (i32.shl (memory.size) (i32.const 16))))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq
              (memory.grow
                (i32.shr_u (i32.add (local.get $missing) (i32.const 65535)) (i32.const 16)))
              (i32.const -1))
          (then (return (i32.const 0))))))
    (local.get $room))

  ;; To encrypt and to decrypt are the same.
  (export "seal" (func $crypt))
  (export "open" (func $crypt))

  (func $crypt
    (param $key i32) (param $nonce i32) (param $input i32) (param $octets i32) (param $output i32)
    (result i32)
    (local $done i32) (local $rounds i32) (local $at i32)
    (local $x0 i32) (local $x1 i32) (local $x2 i32) (local $x3 i32) (local $x4 i32) (local $x5 i32) (local $x6 i32) (local $x7 i32)
    (local $x8 i32) (local $x9 i32) (local $x10 i32) (local $x11 i32) (local $x12 i32) (local $x13 i32) (local $x14 i32) (local $x15 i32)
    ;; RFC 8439 §2.3: the state, with the counter of §2.4's examples, which begins at 1.
    (i32.store (i32.const 80) (i32.load offset=0 (local.get $key)))
    (i32.store (i32.const 84) (i32.load offset=4 (local.get $key)))
    (i32.store (i32.const 88) (i32.load offset=8 (local.get $key)))
    (i32.store (i32.const 92) (i32.load offset=12 (local.get $key)))
    (i32.store (i32.const 96) (i32.load offset=16 (local.get $key)))
    (i32.store (i32.const 100) (i32.load offset=20 (local.get $key)))
    (i32.store (i32.const 104) (i32.load offset=24 (local.get $key)))
    (i32.store (i32.const 108) (i32.load offset=28 (local.get $key)))
    (i32.store (i32.const 112) (i32.const 1))
    (i32.store (i32.const 116) (i32.load offset=0 (local.get $nonce)))
    (i32.store (i32.const 120) (i32.load offset=4 (local.get $nonce)))
    (i32.store (i32.const 124) (i32.load offset=8 (local.get $nonce)))

    (block $finished
      (loop $blocks
        (br_if $finished (i32.ge_u (local.get $done) (local.get $octets)))

        (local.set $x0 (i32.load (i32.const 64)))
        (local.set $x1 (i32.load (i32.const 68)))
        (local.set $x2 (i32.load (i32.const 72)))
        (local.set $x3 (i32.load (i32.const 76)))
        (local.set $x4 (i32.load (i32.const 80)))
        (local.set $x5 (i32.load (i32.const 84)))
        (local.set $x6 (i32.load (i32.const 88)))
        (local.set $x7 (i32.load (i32.const 92)))
        (local.set $x8 (i32.load (i32.const 96)))
        (local.set $x9 (i32.load (i32.const 100)))
        (local.set $x10 (i32.load (i32.const 104)))
        (local.set $x11 (i32.load (i32.const 108)))
        (local.set $x12 (i32.load (i32.const 112)))
        (local.set $x13 (i32.load (i32.const 116)))
        (local.set $x14 (i32.load (i32.const 120)))
        (local.set $x15 (i32.load (i32.const 124)))

        ;; RFC 8439 §2.1: ten times the columns, then the diagonals.
        (local.set $rounds (i32.const 10))
        (loop $double_round
          ;; columns: quarter round on words 0, 4, 8, 12
          (local.set $x0 (i32.add (local.get $x0) (local.get $x4)))
          (local.set $x12 (i32.rotl (i32.xor (local.get $x12) (local.get $x0)) (i32.const 16)))
          (local.set $x8 (i32.add (local.get $x8) (local.get $x12)))
          (local.set $x4 (i32.rotl (i32.xor (local.get $x4) (local.get $x8)) (i32.const 12)))
          (local.set $x0 (i32.add (local.get $x0) (local.get $x4)))
          (local.set $x12 (i32.rotl (i32.xor (local.get $x12) (local.get $x0)) (i32.const 8)))
          (local.set $x8 (i32.add (local.get $x8) (local.get $x12)))
          (local.set $x4 (i32.rotl (i32.xor (local.get $x4) (local.get $x8)) (i32.const 7)))
          ;; columns: quarter round on words 1, 5, 9, 13
          (local.set $x1 (i32.add (local.get $x1) (local.get $x5)))
          (local.set $x13 (i32.rotl (i32.xor (local.get $x13) (local.get $x1)) (i32.const 16)))
          (local.set $x9 (i32.add (local.get $x9) (local.get $x13)))
          (local.set $x5 (i32.rotl (i32.xor (local.get $x5) (local.get $x9)) (i32.const 12)))
          (local.set $x1 (i32.add (local.get $x1) (local.get $x5)))
          (local.set $x13 (i32.rotl (i32.xor (local.get $x13) (local.get $x1)) (i32.const 8)))
          (local.set $x9 (i32.add (local.get $x9) (local.get $x13)))
          (local.set $x5 (i32.rotl (i32.xor (local.get $x5) (local.get $x9)) (i32.const 7)))
          ;; columns: quarter round on words 2, 6, 10, 14
          (local.set $x2 (i32.add (local.get $x2) (local.get $x6)))
          (local.set $x14 (i32.rotl (i32.xor (local.get $x14) (local.get $x2)) (i32.const 16)))
          (local.set $x10 (i32.add (local.get $x10) (local.get $x14)))
          (local.set $x6 (i32.rotl (i32.xor (local.get $x6) (local.get $x10)) (i32.const 12)))
          (local.set $x2 (i32.add (local.get $x2) (local.get $x6)))
          (local.set $x14 (i32.rotl (i32.xor (local.get $x14) (local.get $x2)) (i32.const 8)))
          (local.set $x10 (i32.add (local.get $x10) (local.get $x14)))
          (local.set $x6 (i32.rotl (i32.xor (local.get $x6) (local.get $x10)) (i32.const 7)))
          ;; columns: quarter round on words 3, 7, 11, 15
          (local.set $x3 (i32.add (local.get $x3) (local.get $x7)))
          (local.set $x15 (i32.rotl (i32.xor (local.get $x15) (local.get $x3)) (i32.const 16)))
          (local.set $x11 (i32.add (local.get $x11) (local.get $x15)))
          (local.set $x7 (i32.rotl (i32.xor (local.get $x7) (local.get $x11)) (i32.const 12)))
          (local.set $x3 (i32.add (local.get $x3) (local.get $x7)))
          (local.set $x15 (i32.rotl (i32.xor (local.get $x15) (local.get $x3)) (i32.const 8)))
          (local.set $x11 (i32.add (local.get $x11) (local.get $x15)))
          (local.set $x7 (i32.rotl (i32.xor (local.get $x7) (local.get $x11)) (i32.const 7)))
          ;; diagonals: quarter round on words 0, 5, 10, 15
          (local.set $x0 (i32.add (local.get $x0) (local.get $x5)))
          (local.set $x15 (i32.rotl (i32.xor (local.get $x15) (local.get $x0)) (i32.const 16)))
          (local.set $x10 (i32.add (local.get $x10) (local.get $x15)))
          (local.set $x5 (i32.rotl (i32.xor (local.get $x5) (local.get $x10)) (i32.const 12)))
          (local.set $x0 (i32.add (local.get $x0) (local.get $x5)))
          (local.set $x15 (i32.rotl (i32.xor (local.get $x15) (local.get $x0)) (i32.const 8)))
          (local.set $x10 (i32.add (local.get $x10) (local.get $x15)))
          (local.set $x5 (i32.rotl (i32.xor (local.get $x5) (local.get $x10)) (i32.const 7)))
          ;; diagonals: quarter round on words 1, 6, 11, 12
          (local.set $x1 (i32.add (local.get $x1) (local.get $x6)))
          (local.set $x12 (i32.rotl (i32.xor (local.get $x12) (local.get $x1)) (i32.const 16)))
          (local.set $x11 (i32.add (local.get $x11) (local.get $x12)))
          (local.set $x6 (i32.rotl (i32.xor (local.get $x6) (local.get $x11)) (i32.const 12)))
          (local.set $x1 (i32.add (local.get $x1) (local.get $x6)))
          (local.set $x12 (i32.rotl (i32.xor (local.get $x12) (local.get $x1)) (i32.const 8)))
          (local.set $x11 (i32.add (local.get $x11) (local.get $x12)))
          (local.set $x6 (i32.rotl (i32.xor (local.get $x6) (local.get $x11)) (i32.const 7)))
          ;; diagonals: quarter round on words 2, 7, 8, 13
          (local.set $x2 (i32.add (local.get $x2) (local.get $x7)))
          (local.set $x13 (i32.rotl (i32.xor (local.get $x13) (local.get $x2)) (i32.const 16)))
          (local.set $x8 (i32.add (local.get $x8) (local.get $x13)))
          (local.set $x7 (i32.rotl (i32.xor (local.get $x7) (local.get $x8)) (i32.const 12)))
          (local.set $x2 (i32.add (local.get $x2) (local.get $x7)))
          (local.set $x13 (i32.rotl (i32.xor (local.get $x13) (local.get $x2)) (i32.const 8)))
          (local.set $x8 (i32.add (local.get $x8) (local.get $x13)))
          (local.set $x7 (i32.rotl (i32.xor (local.get $x7) (local.get $x8)) (i32.const 7)))
          ;; diagonals: quarter round on words 3, 4, 9, 14
          (local.set $x3 (i32.add (local.get $x3) (local.get $x4)))
          (local.set $x14 (i32.rotl (i32.xor (local.get $x14) (local.get $x3)) (i32.const 16)))
          (local.set $x9 (i32.add (local.get $x9) (local.get $x14)))
          (local.set $x4 (i32.rotl (i32.xor (local.get $x4) (local.get $x9)) (i32.const 12)))
          (local.set $x3 (i32.add (local.get $x3) (local.get $x4)))
          (local.set $x14 (i32.rotl (i32.xor (local.get $x14) (local.get $x3)) (i32.const 8)))
          (local.set $x9 (i32.add (local.get $x9) (local.get $x14)))
          (local.set $x4 (i32.rotl (i32.xor (local.get $x4) (local.get $x9)) (i32.const 7)))
          (br_if $double_round
            (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))

        ;; RFC 8439 §2.3: the key stream is the sum with the state before.
        (i32.store (i32.const 0) (i32.add (local.get $x0) (i32.load (i32.const 64))))
        (i32.store (i32.const 4) (i32.add (local.get $x1) (i32.load (i32.const 68))))
        (i32.store (i32.const 8) (i32.add (local.get $x2) (i32.load (i32.const 72))))
        (i32.store (i32.const 12) (i32.add (local.get $x3) (i32.load (i32.const 76))))
        (i32.store (i32.const 16) (i32.add (local.get $x4) (i32.load (i32.const 80))))
        (i32.store (i32.const 20) (i32.add (local.get $x5) (i32.load (i32.const 84))))
        (i32.store (i32.const 24) (i32.add (local.get $x6) (i32.load (i32.const 88))))
        (i32.store (i32.const 28) (i32.add (local.get $x7) (i32.load (i32.const 92))))
        (i32.store (i32.const 32) (i32.add (local.get $x8) (i32.load (i32.const 96))))
        (i32.store (i32.const 36) (i32.add (local.get $x9) (i32.load (i32.const 100))))
        (i32.store (i32.const 40) (i32.add (local.get $x10) (i32.load (i32.const 104))))
        (i32.store (i32.const 44) (i32.add (local.get $x11) (i32.load (i32.const 108))))
        (i32.store (i32.const 48) (i32.add (local.get $x12) (i32.load (i32.const 112))))
        (i32.store (i32.const 52) (i32.add (local.get $x13) (i32.load (i32.const 116))))
        (i32.store (i32.const 56) (i32.add (local.get $x14) (i32.load (i32.const 120))))
        (i32.store (i32.const 60) (i32.add (local.get $x15) (i32.load (i32.const 124))))

        ;; RFC 8439 §2.4: what is left of the input, at most one block, and the key stream.
        (local.set $at (i32.const 0))
        (loop $octet
          (i32.store8
            (i32.add (local.get $output) (local.get $done))
            (i32.xor
              (i32.load8_u (local.get $at))
              (i32.load8_u (i32.add (local.get $input) (local.get $done)))))
          (local.set $done (i32.add (local.get $done) (i32.const 1)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $octet
            (i32.and
              (i32.lt_u (local.get $at) (i32.const 64))
              (i32.lt_u (local.get $done) (local.get $octets)))))

        ;; The next block has the next counter.
        (i32.store (i32.const 112) (i32.add (i32.load (i32.const 112)) (i32.const 1)))
        (br $blocks)))
    (local.get $octets)))
