import { createSharedCall, GATHER_MS, type SharedCall, type SharedTurnsOptions } from './shared-call.ts';
import type { Turns } from './turns.ts';

/** Each record has a permit of its own; those whose times lie close together share a call. */
export function createTurnsByItem({ permits, writer, clock, onCall }: SharedTurnsOptions): Turns {
  /** Records that have a permit and are not in a call yet. */
  let onTheWay = 0;
  let gathering: { readonly call: SharedCall; readonly until: number } | undefined;

  async function run(call: SharedCall, until: number): Promise<void> {
    await call.gather(() => gathering?.call === call && onTheWay > 0, until);
    close(call);
    for (const kind of await call.make()) onCall(kind);
  }

  function close(call: SharedCall | undefined): void {
    if (gathering?.call === call) gathering = undefined;
    call?.lookAgain();
  }

  function joinOwn(object: string, lapsesAt: number): ReturnType<SharedCall['join']> {
    const call = createSharedCall(writer, clock);
    const result = call.join(object, () => clock.now() <= lapsesAt);
    void run(call, clock.now());
    return result;
  }

  function joinOthers(object: string, lapsesAt: number): ReturnType<SharedCall['join']> {
    const isInTime = () => clock.now() <= lapsesAt;
    const until = Math.min(clock.now() + GATHER_MS, lapsesAt);
    if (gathering && !gathering.call.fits(object)) close(gathering.call);
    if (gathering) {
      const { call } = gathering;
      const result = call.join(object, isInTime);
      // It can't wait as long as the others.
      if (until < gathering.until) close(call);
      return result;
    }
    const call = createSharedCall(writer, clock);
    gathering = { call, until };
    const result = call.join(object, isInTime);
    void run(call, until);
    return result;
  }

  return {
    async next(alone) {
      const permit = await permits.next();
      onTheWay += 1;
      const arrive = () => {
        onTheWay -= 1;
        gathering?.call.lookAgain();
      };
      return {
        async send(object) {
          await permit.begin();
          arrive();
          return alone ? joinOwn(object, permit.lapsesAt) : joinOthers(object, permit.lapsesAt);
        },
        giveBack() {
          arrive();
          permit.giveBack();
        },
      };
    },
    close: permits.close,
  };
}
