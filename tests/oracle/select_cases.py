"""Copies from the conformance corpus recorded from TensorFlow 1.15.5 the cases that use resource variables, no functions, and
weft's ops only.

    select_cases.py CORPUS DATA      writes DATA/oracle/{optimizer,gradient}/*.tfrecord, records unchanged

CORPUS holds the folders optimizer/ and gradient/ and the file case.proto, DATA is tests/data.
"""
import os
import shutil
import struct
import sys


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def strings(message, field):
    """The values of a length-delimited field."""
    at = 0
    found = []
    while at < len(message):
        key, at = varint(message, at)
        kind = key & 7
        if kind == 0:
            _, at = varint(message, at)
        elif kind == 2:
            size, at = varint(message, at)
            if key >> 3 == field:
                found.append(message[at:at + size])
            at += size
        else:
            at += 8 if kind == 1 else 4
    return found


def records(path):
    with open(path, 'rb') as file:
        data = file.read()
    at = 0
    while at < len(data):
        size = 16 + struct.unpack_from('<Q', data, at)[0]
        yield data[at:at + size]
        at += size


def is_for_weft(case, ops):
    graph_def = strings(case, 2)[0]
    return not strings(graph_def, 2) and all(op.decode() in ops for op in strings(case, 6))


def main(corpus, data):
    with open(os.path.join(data, 'tier1_ops.txt'), encoding='utf-8') as file:
        ops = {line.split()[0] for line in file if line.strip() and not line.startswith('#')}
    os.makedirs(os.path.join(data, 'oracle'), exist_ok=True)
    shutil.copyfile(os.path.join(corpus, 'case.proto'), os.path.join(data, 'oracle', 'case.proto'))
    for kind in ('optimizer', 'gradient'):
        out = os.path.join(data, 'oracle', kind)
        os.makedirs(out, exist_ok=True)
        for name in sorted(os.listdir(os.path.join(corpus, kind))):
            chosen = [r for r in records(os.path.join(corpus, kind, name)) if is_for_weft(r[12:-4], ops)]
            if chosen:
                with open(os.path.join(out, name), 'wb') as file:
                    file.write(b''.join(chosen))
            print(kind, name, len(chosen))


if __name__ == '__main__':
    main(*sys.argv[1:])
