#!/usr/bin/env python3
"""Makes encryption.json with the Python package cryptography (OpenSSL): what Burqi's encrypted objects have to be, from ADR 27 alone."""
import base64, hashlib, json, os, struct
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 65536
b64 = lambda data: base64.b64encode(data).decode()


def audio(size):
    return bytes((i * 31 + (i >> 8) * 7) & 0xFF for i in range(size))


def encrypt(secret, name, content):
    key, prefix = secret[:32], secret[32:]
    chunks = [content[at:at + CHUNK] for at in range(0, len(content), CHUNK)] or [b""]
    return b"".join(
        AESGCM(key).encrypt(prefix + struct.pack(">IB", index, index == len(chunks) - 1), chunk, f"burqi audio 1\n{name}".encode())
        for index, chunk in enumerate(chunks))


vectors = []
for number, size in enumerate([0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 12345]):
    seed = lambda what, length: hashlib.shake_256(f"{what} {number}".encode()).digest(length)
    name = f"recordings/2026/03/01/CA{number}/mixed_1772357400.wav"
    key, nonce, secret, key_id = seed("key", 32), seed("nonce", 12), seed("secret", 39), f"2026-{number}"
    wrapped = nonce + AESGCM(key).encrypt(nonce, secret, f"burqi key 1\n{key_id}\n{name}".encode())
    encrypted = encrypt(secret, name, audio(size))
    vectors.append({
        "objectKey": name, "size": size, "audioSha256": hashlib.sha256(audio(size)).hexdigest(),
        "keyId": key_id, "key": b64(key), "secret": b64(secret), "wrappedSecret": b64(wrapped),
        "encryptedSize": len(encrypted), "encryptedSha256": hashlib.sha256(encrypted).hexdigest(),
        **({"encrypted": b64(encrypted)} if size <= 1000 else {}),
    })

with open(os.path.join(os.path.dirname(__file__), "encryption.json"), "w") as file:
    json.dump(vectors, file, indent=2)
    file.write("\n")
