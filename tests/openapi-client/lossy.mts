// A bad connection: by count, so that every run meets the same. Of ten requests of one operation it
// loses the answer of one, which the server has carried out, and sends another twice at once.

export type Send = (request: Request) => Promise<Response>;
type Fate = "sound" | "lost" | "doubled";

export const PERIOD = 10;
const FATES: Record<number, Fate> = { 3: "lost", 8: "doubled" };
const ID = /[a-z]+_[0-9a-hjkmnp-tv-z]{26}/g;

export class LossyConnection {
  requests = 0;
  lost = 0;
  doubled = 0;
  /** Refusals that reached a client, by code. */
  readonly refusals: Record<string, number> = {};
  /** Requests by operation. Counted apart, so that ten plays strike each in both ways. */
  readonly operations: Record<string, number> = {};
  private next: Fate | null = null;

  /** The fate of the next request, whatever its number. */
  destine(fate: Fate): void {
    this.next = fate;
  }

  readonly send: Send = async (request) => {
    const fate = this.fateOf(request);
    this.requests += 1;
    const response = await (fate === "doubled" ? this.twice(request) : fetch(request));
    if (fate === "lost") {
      this.lost += 1;
      await response.arrayBuffer();
      throw new TypeError("the answer was lost");
    }
    if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
      const { code } = await response.clone().json();
      this.refusals[code] = (this.refusals[code] ?? 0) + 1;
    }
    return response;
  };

  private fateOf(request: Request): Fate {
    const path = new URL(request.url).pathname.replaceAll(ID, "{id}");
    const operation = `${request.method} ${path}`;
    const earlier = this.operations[operation] ?? 0;
    this.operations[operation] = earlier + 1;
    const fate = this.next ?? FATES[earlier % PERIOD] ?? "sound";
    this.next = null;
    return fate;
  }

  /** The client gets the first and the second answer by turns. */
  private async twice(request: Request): Promise<Response> {
    this.doubled += 1;
    const copy = request.clone();
    const [first, second] = await Promise.all([fetch(request), fetch(copy)]);
    const [used, dropped] = this.doubled % 2 === 0 ? [first, second] : [second, first];
    await dropped.arrayBuffer();
    return used;
  }
}
