import type { PageData } from '../sdkCalls.ts';
import { byId } from './dom.ts';
import { startDrawer } from './drawer.ts';
import { liveForms } from './forms.ts';
import { tellIdentity } from './identity.ts';
import { tell } from './sdk.ts';

const data = JSON.parse(byId('page-data').textContent) as PageData;
tellIdentity(data.identity);
for (const call of data.calls) tell(call);
liveForms();
startDrawer();
