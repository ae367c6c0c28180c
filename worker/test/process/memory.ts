import * as z from 'zod';
import { residentBytes } from './process.ts';

/** What the worker is called in the inspector of the process that runs it. */
const OURS = 'core:user:cresset';

const targets = z.array(z.object({ id: z.string(), webSocketDebuggerUrl: z.string() }));
const heapUsage = z.object({ usedSize: z.number() });
const reply = z.object({ id: z.number(), result: z.unknown().optional() });

/** A debugger at one isolate: https://chromedevtools.github.io/devtools-protocol/v8/. */
class Debugger {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = reply.safeParse(JSON.parse(String(data)));
      if (message.success) this.#waiting.get(message.data.id)?.(message.data.result);
    });
  }

  static attach(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(new Debugger(socket)));
      socket.addEventListener('error', () => reject(new Error(`cannot attach to ${url}`)));
    });
  }

  ask(method: string): Promise<unknown> {
    const id = ++this.#asked;
    this.#socket.send(JSON.stringify({ id, method }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  detach(): void {
    this.#socket.close();
  }
}

/** What a process of workerd still has once V8 was made to collect what nobody needs. Bytes. */
export interface Memory {
  /** Of the process. */
  resident: number;
  /** The worker's own objects. */
  heap: number;
}

/**
 * Has every isolate of a process collect its garbage, and looks what is left. V8 sees no need to by itself: heaps of
 * Miniflare's router, of D1, R2 and the queues, grow by 100 MB in 100,000 requests, all of it garbage (2026-11-22).
 *
 * @param inspector port of `startWorker`
 * @param stir sends some requests: an isolate collects when it next has something to do. One that they do not
 *   reach has nothing to collect.
 */
export async function liveMemory(
  pid: number | undefined,
  inspector: number,
  stir: () => Promise<void>,
): Promise<Memory> {
  const list: unknown = await (await fetch(`http://127.0.0.1:${inspector}/json`)).json();
  const debuggers = new Map<string, Debugger>();
  const collections = new Map<string, Promise<unknown>>();
  try {
    for (const { id, webSocketDebuggerUrl } of targets.parse(list)) {
      const at = await Debugger.attach(webSocketDebuggerUrl);
      debuggers.set(id, at);
      await at.ask('HeapProfiler.enable');
      collections.set(id, at.ask('HeapProfiler.collectGarbage'));
    }
    const ours = debuggers.get(OURS);
    if (ours === undefined) throw new Error(`no isolate is called ${OURS}`);
    await stir();
    await collections.get(OURS);
    const { usedSize } = heapUsage.parse(await ours.ask('Runtime.getHeapUsage'));
    return { resident: residentBytes(pid), heap: usedSize };
  } finally {
    for (const at of debuggers.values()) at.detach();
  }
}
