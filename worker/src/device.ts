/** Classes of devices that conditions and reports tell apart. */
export type Device = 'desktop' | 'mobile' | 'tablet';

const TELEVISION = /\bTV\b|BRAVIA|AFT[A-Z]|CrKey|Smart-?TV|SMART-TV|GoogleTV|HbbTV/;
// Android says "Mobile" on phones only: https://developer.chrome.com/docs/multidevice/user-agent
const TABLET = /iPad|Tablet|PlayBook|Kindle|Silk(?!.*Mobile)|Android(?!.*Mobile)/i;
const MOBILE = /Mobi|iPhone|iPod|Windows Phone|BlackBerry|BB10|Opera Mini|webOS/i;

/**
 * Class of a device from `Sec-CH-UA-Mobile` (`?1`, `?0` or null) and the user agent. An iPad whose
 * Safari calls itself a Macintosh is a desktop here: nothing in the request tells the two apart.
 */
export function deviceOf(uaMobile: string | null, userAgent: string | null): Device {
  if (uaMobile === '?1') return 'mobile';
  const agent = userAgent ?? '';
  if (TELEVISION.test(agent)) return 'desktop';
  if (TABLET.test(agent)) return 'tablet';
  // A tablet's Chrome sends ?0 too, so a ?0 rules out the phone only.
  return uaMobile !== '?0' && MOBILE.test(agent) ? 'mobile' : 'desktop';
}
