/**
 * The built worker with forwarding paused: the alarm that hands events over to the queue rings and does
 * nothing. What it would have handed over stays where it is durable, in the object.
 */
import worker, { Profile as Built } from 'built:worker';

export class Profile extends Built {
  override async alarm(): Promise<void> {}
}

export default worker;
