import { isOn, options } from './config.ts';

/** Query parameters that tell of a campaign or of a click on an advertisement; any other may name a person. */
const CAMPAIGN = /^(utm_\w+|\w{1,3}clk?id|[gw]braid|li_fat_id|igshid)$/;

/** Where the visitor is, by which page views are told apart: without the fragment, unless that is a route like `#/cart`. */
export const address = (url = location.href): string =>
  url.replace(isOn(options.hash ?? false) ? /#(?!!?\/).*/ : /#.*/, '');

/**
 * The address of a URL without what may be somebody's secret: of the query only parameters of campaigns and those that
 * `params` names. What is no URL gives nothing.
 */
export const publicUrl = (url?: string): string => {
  const shown = URL.parse(address(url));
  if (!shown) return '';
  [...shown.searchParams.keys()].forEach((name) => {
    if (!CAMPAIGN.test(name) && !options.params?.split(' ').includes(name))
      shown.searchParams.delete(name);
  });
  return shown.href;
};
