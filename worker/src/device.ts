import { remembered } from './remembered.ts';

/** Classes of devices that conditions and reports tell apart. */
export type Device = 'desktop' | 'mobile' | 'tablet';

const TELEVISION = /\bTV\b|BRAVIA|AFT[A-Z]|CrKey|Smart-?TV|SMART-TV|GoogleTV|HbbTV/;
// Android says "Mobile" on phones only: https://developer.chrome.com/docs/multidevice/user-agent
const TABLET = /iPad|Tablet|PlayBook|Kindle|^(?!.*Mobile).*(?:Silk|Android)/i;
const MOBILE = /Mobi|iPhone|iPod|Windows Phone|BlackBerry|BB10|Opera Mini|webOS/i;

function classOf(agent: string): Device {
  if (TELEVISION.test(agent)) return 'desktop';
  if (TABLET.test(agent)) return 'tablet';
  return MOBILE.test(agent) ? 'mobile' : 'desktop';
}

/** Three searches through a hundred characters, once for each of the few user agents that an isolate meets. */
const rememberedClassOf = remembered(classOf, 1_000, 512);

/**
 * Class of a device from `Sec-CH-UA-Mobile` (`?1`, `?0` or null) and the user agent. An iPad whose
 * Safari calls itself a Macintosh is a desktop here: nothing in the request tells the two apart.
 */
export function deviceOf(uaMobile: string | null, userAgent: string | null): Device {
  if (uaMobile === '?1') return 'mobile';
  const device = rememberedClassOf(userAgent ?? '');
  // A tablet's Chrome sends ?0 too, so a ?0 rules out the phone only.
  return uaMobile === '?0' && device === 'mobile' ? 'desktop' : device;
}
