/** The part of `request.cf` that tells of a network. */
export type CfNetwork = Partial<Record<'asn' | 'asOrganization' | 'botManagement', unknown>>;

/**
 * Networks of data centres, where servers are and people are not, but for VPNs. Not among them, as people come from
 * there: iCloud Private Relay (AS13335, AS36183, AS54113), Google One (AS15169), offices behind Zscaler.
 */
const HOSTING = new Set([
  14061, 16509, 14618, 396982, 24940, 213230, 16276, 63949, 20473, 51167, 12876, 31898, 45102,
  37963, 132203, 45090, 60781, 28753, 36352, 60068, 53667, 26496, 8560, 40021, 55286, 46606, 197540,
  136907, 55990, 29802, 62567, 202425, 47583, 49981, 9009, 212238,
]);
const HOSTING_NAME =
  /\b(?:hosting|hostinger|data ?cent(?:er|re)|digitalocean|hetzner|ovh|linode|vultr|choopa|contabo|scaleway|leaseweb|colocrossing|amazon|aws|google[- ]cloud|oracle[- ](?:public )?cloud|alibaba|tencent cloud|netcup|ionos|dreamhost|bluehost|godaddy|m247|datacamp|frantech|buyvm|upcloud|kamatera|interserver|quadranet|psychz)\b/i;

/** Bot scores of Cloudflare: 1 is automated, below 30 is likely so (https://developers.cloudflare.com/bots/concepts/bot-score/, seen 2026-11). */
const AUTOMATED = 1;
const LIKELY = 30;

interface BotManagement {
  score?: unknown;
  verifiedBot?: unknown;
}

const management = (cf: CfNetwork | undefined): BotManagement => {
  const found = cf?.botManagement;
  return typeof found === 'object' && found !== null ? found : {};
};

/** Whether the platform vouches that this is a known crawler: it has looked up its address. */
export const isVerifiedBot = (cf: CfNetwork | undefined): boolean =>
  management(cf).verifiedBot === true;

/** What the network says against a request's coming from a person, as a reason and its weight; undefined for nothing. */
export function networkReason(
  cf: CfNetwork | undefined,
): [reason: string, weight: number] | undefined {
  const { score } = management(cf);
  if (score === AUTOMATED) return ['network:automated', 60];
  if (typeof score === 'number' && score > AUTOMATED && score < LIKELY)
    return ['network:likely_automated', 45];
  const { asn, asOrganization: name } = cf ?? {};
  const hosting =
    (typeof asn === 'number' && HOSTING.has(asn)) ||
    (typeof name === 'string' && HOSTING_NAME.test(name));
  return hosting ? ['network:hosting', 35] : undefined;
}
