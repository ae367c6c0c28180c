import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM_ARGS, findChromium } from '../../../scripts/chromium.ts';

/** What a command of the DevTools protocol answers. */
type Answer = { [name: string]: unknown };

/**
 * A Chromium without Playwright, which makes every page believe that it is in front, and whose mere presence
 * forbids prerendering: here pages are hidden, frozen and prerendered as in life.
 */
export interface Bare {
  /** Opens a page that no tool is attached to: it drives itself. */
  open: (url: string) => Promise<void>;
  /** Opens a page in front of the others, and attaches to it. */
  attach: (url: string) => Promise<BarePage>;
  close: () => Promise<void>;
}

/** A page that can be told and asked. */
export interface BarePage {
  evaluate: (expression: string) => Promise<unknown>;
  /** Waits until the expression is true. */
  until: (expression: string) => Promise<void>;
  /** Sends a command of the DevTools protocol to the page. */
  send: (method: string, params?: object) => Promise<Answer>;
  /** Another tab comes to the front: this one is hidden. */
  hide: () => Promise<void>;
  /** This tab comes to the front. */
  show: () => Promise<void>;
}

/** Starts it, with a profile of its own. */
export async function startBare(): Promise<Bare> {
  const profile = await mkdtemp(join(tmpdir(), 'cresset-bare-'));
  const child = spawn(
    findChromium(),
    [
      ...CHROMIUM_ARGS,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((done) => {
    child.once('exit', done);
  });
  const address = await new Promise<string>((done, fail) => {
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
      const found = /ws:\/\/\S+/.exec(said);
      if (found) done(found[0]);
    });
    child.once('exit', () => fail(new Error(`Chromium did not start: ${said}`)));
  });

  const socket = new WebSocket(address);
  await new Promise((done) => {
    socket.addEventListener('open', done);
  });
  const asked = new Map<number, { done: (answer: Answer) => void; fail: (error: Error) => void }>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id?: number;
      result?: Answer;
      error?: { message: string };
    };
    const question = asked.get(Number(id));
    if (error) question?.fail(new Error(error.message));
    else question?.done(result ?? {});
  });
  let last = 0;
  const send = async (method: string, params: object = {}, sessionId?: string): Promise<Answer> =>
    new Promise((done, fail) => {
      asked.set(++last, { done, fail });
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });

  return {
    open: async (url) => {
      await send('Target.createTarget', { url });
    },
    attach: async (url) => {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      const session = String(sessionId);
      const page: BarePage = {
        send: async (method, params) => send(method, params, session),
        evaluate: async (expression) => {
          const params = { expression, returnByValue: true, awaitPromise: true };
          const { result, exceptionDetails } = (await send(
            'Runtime.evaluate',
            params,
            session,
          )) as {
            result: { value?: unknown };
            exceptionDetails?: unknown;
          };
          if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
          return result.value;
        },
        until: async (expression) => {
          const deadline = Date.now() + 30_000;
          while (!(await page.evaluate(`!!(${expression})`))) {
            if (Date.now() > deadline) throw new Error(`never true: ${expression}`);
            await new Promise((done) => {
              setTimeout(done, 20);
            });
          }
        },
        hide: async () => {
          await send('Target.createTarget', { url: 'about:blank' });
          await page.until('document.hidden');
        },
        show: async () => {
          await send('Target.activateTarget', { targetId });
          await page.until('!document.hidden');
        },
      };
      await send('Page.navigate', { url }, session);
      return page;
    },
    close: async () => {
      socket.close();
      child.kill('SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
