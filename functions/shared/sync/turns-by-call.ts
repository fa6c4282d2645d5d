import type { PutResult } from '../profiles/profile-writer.ts';
import { RECORDS_PER_CALL } from '../rate-budget/api-rates.ts';
import type { Permit } from '../rate-budget/permit-queue.ts';
import { createSharedCall, GATHER_MS, type SharedCall, type SharedTurnsOptions } from './shared-call.ts';
import { PASSED, type Turns } from './turns.ts';

/** One permit for a call, with seats for ten records. */
interface Ride {
  readonly permit: Promise<Permit>;
  readonly call: SharedCall;
  readonly seats: number;
  taken: number;
  /** Records that have a seat and are not in the call yet. */
  onTheWay: number;
}

/** Ten records share a permit: those that come one after the other, and as many as come until the permit's time. */
export function createTurnsByCall({ permits, writer, clock, onCall }: SharedTurnsOptions): Turns {
  let newest: Ride | undefined;

  function open(seats: number): Ride {
    return { permit: permits.next(), call: createSharedCall(writer, clock), seats, taken: 0, onTheWay: 0 };
  }

  function shared(): Ride {
    if (!newest || newest.taken >= newest.seats) newest = open(RECORDS_PER_CALL);
    return newest;
  }

  function closeToOthers(ride: Ride): void {
    if (newest === ride) newest = undefined;
  }

  async function run(ride: Ride, { begin, lapsesAt }: Permit): Promise<void> {
    await begin();
    await ride.call.gather(() => ride.onTheWay > 0, Math.min(clock.now() + GATHER_MS, lapsesAt));
    closeToOthers(ride);
    const kinds = await ride.call.make();
    if (kinds.length > 0) onCall(kindOfCall(kinds));
  }

  return {
    async next(alone) {
      const ride = alone ? open(1) : shared();
      ride.taken += 1;
      ride.onTheWay += 1;
      const permit = await ride.permit;
      const arrive = () => {
        ride.onTheWay -= 1;
        ride.call.lookAgain();
      };
      return {
        send(object) {
          if (!ride.call.fits(object)) {
            arrive();
            return Promise.resolve(PASSED);
          }
          const isFirst = ride.call.isEmpty;
          const result = ride.call.join(object, () => clock.now() <= permit.lapsesAt);
          arrive();
          if (isFirst) void run(ride, permit);
          return result;
        },
        giveBack() {
          ride.taken -= 1;
          arrive();
          if (ride.taken > 0) return;
          closeToOthers(ride);
          permit.giveBack();
        },
      };
    },
    close: permits.close,
  };
}

/** A call is throttled if all of it was. */
function kindOfCall(kinds: readonly PutResult['kind'][]): PutResult['kind'] {
  return kinds.find((kind) => kind !== 'throttled') ?? 'throttled';
}
