import { seconds } from '../../../../tools/seconds.ts';
import { other, type Wording } from '../../../../tools/violation.ts';

/** What can be wrong with a run: it showed too little, took too long, or something failed that has words of its own. */
export interface RunKinds {
  'nothing-to-check': { check: string; why: string };
  'too-little': { what: string; count: number; needed: number };
  'no-progress': { ms: number; last: string };
  'not-settled': { orders: number; verdict: string };
  'no-answer-in-time': { ms: number };
  'nothing-settled': object;
  'not-injected': { reason: string };
  'broken-too-seldom': { times: number; due: number };
  'broke-off': { reason: string };
  'spoke-version-2': { requests: number };
  'throughput-lost': { kept: number; least: number };
  'not-followed': { reason: string };
  'not-reached': { reason: string };
  'answered-wrongly': { answer: string };
  'service-crashed': { crash: string };
  'not-ready': { service: string; status: number; text: string };
  'records-given-up': { count: number };
  'records-put-aside': { count: number };
}

export const runWording: Wording<RunKinds> = {
  'nothing-to-check': other(({ check, why }) => `${check}: ${why}, so there is nothing to check`),
  'too-little': other(({ what, count, needed }) => `too little: ${count} ${what}, ${needed} were needed`),
  'no-progress': other(
    ({ ms, last }) => `no progress: no order was settled in ${seconds(ms)} without a fault; last: ${last}`,
  ),
  'not-settled': other(
    ({ orders, verdict }) => `no progress: ${orders} orders are not settled after the end. ${verdict}`,
  ),
  'no-answer-in-time': other(({ ms }) => `clients still have no answer ${seconds(ms)} after the end`),
  'nothing-settled': other(() => 'no order was settled: nothing was shown'),
  'not-injected': other(({ reason }) => `not injected, or not healed: ${reason}`),
  'broken-too-seldom': other(({ times, due }) => `something broke ${times} times only, and ${due} were due`),
  'broke-off': other(({ reason }) => `the run broke off: ${reason}`),
  'spoke-version-2': other(
    ({ requests }) => `${requests} requests of version 2 of transactions, which the brokers do not have`,
  ),
  'throughput-lost': other(
    ({ kept, least }) => `${kept.toFixed(2)} of the throughput was kept, and ${least} is promised`,
  ),
  'not-followed': other(({ reason }) => `the transactions could not be followed: ${reason}`),
  'not-reached': other(({ reason }) => reason),
  'answered-wrongly': other(({ answer }) => answer),
  'service-crashed': other(({ crash }) => crash),
  'not-ready': other(({ service, status, text }) => `${service} says ${status} ${text}`),
  'records-given-up': other(({ count }) => `${count} records were given up`),
  'records-put-aside': other(
    ({ count }) => `${count} records were put aside: the outage was counted as attempts`,
  ),
};
