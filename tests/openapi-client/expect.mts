// What the test asks of the end, and of Node.

import { sleep } from "./patience.mjs";

declare global {
  /** Node's types are not installed for the one thing of Node's that is used. */
  const process: { argv: string[] };
}

const POLLS = 60;
const POLL_MS = 500;

export function assert(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new Error(`not so: ${what}`);
  }
}

/** As JSON, which is what came. */
export function assertEqual<T>(actual: T, expected: T, what: string): void {
  const [came, due] = [JSON.stringify(actual), JSON.stringify(expected)];
  assert(came === due, `${what}: ${came} instead of ${due}`);
}

/** For what another service's event brings, where no answer says that it is on its way. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`too late: ${what}`);
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export async function everyItem<T>(
  read: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await read(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
