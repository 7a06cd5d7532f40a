import type { PartsPlan } from '../adapters/adapter.js';

const mebibyte = 1024 * 1024;
/** Where nothing is known of the link. */
const firstPartSize = 8 * mebibyte;
/** Less is mostly round trips. */
const smallestUseful = 5 * mebibyte;
/** More would cost too much when a part has to be sent again. */
const largestUseful = 64 * mebibyte;
/** A part should take about this long, in seconds: between 5 and 15. */
const wishedSeconds = 10;

export interface PartSizeQuestion {
  /** Bytes of the file. */
  readonly size: number;
  readonly rules: PartsPlan['rules'];
  /** What the caller asked for, in bytes. */
  readonly wished: number | undefined;
  /** Bytes per second that one connection brought lately. */
  readonly connectionSpeed: number | undefined;
  /** Connections that could work on the file at once. */
  readonly connections: number;
  /** Most bytes per second that the page allows altogether. */
  readonly bandwidth: number | undefined;
}

/** Where each connection gets one part, a round number must not leave some of them without one. */
const fineStep = 64 * 1024;

const roundUp = (value: number, step = mebibyte): number => Math.ceil(value / step) * step;

/** Chooses the part size of an upload that begins, in bytes; it stays the same until that upload ends. */
export function choosePartSize(question: PartSizeQuestion): number {
  const { size, rules, wished, connectionSpeed, connections, bandwidth } = question;
  if (rules.partSize !== undefined) return rules.partSize;
  let best = wished ?? firstPartSize;
  if (wished === undefined) {
    const perConnection =
      bandwidth === undefined
        ? connectionSpeed
        : Math.min(bandwidth / connections, connectionSpeed ?? Number.POSITIVE_INFINITY);
    if (perConnection !== undefined) best = Math.min(largestUseful, roundUp(perConnection * wishedSeconds));
    // Large parts of a file that is not so large would leave connections without work.
    best = Math.min(best, Math.max(firstPartSize, roundUp(size / (connections * 3))));
    // A file that does not even give each connection one such part is cut smaller, down to what storages take.
    best = Math.min(best, Math.max(smallestUseful, roundUp(size / connections, fineStep)));
  }
  const atLeast = Math.max(rules.minPartSize, Math.ceil(size / rules.maxParts));
  return Math.min(rules.maxPartSize, Math.max(best, atLeast, 1));
}

/** Number of parts; an empty file has one. */
export const countParts = (size: number, partSize: number): number => Math.max(1, Math.ceil(size / partSize));
