import { counted, visible } from '@serverless-otlp/dev-server';
import type { Fate, PlannedObjects, RedrivePlan } from '@serverless-otlp/forwarder';
import { bytesText } from './quantities.ts';

const WORDS: Readonly<Record<Fate, string>> = {
  send: 'would be sent',
  expire: 'would expire: too old',
  quarantine: 'would move to the quarantine: damaged, not for this destination any more, or failed too often',
  leave: 'would stay: damaged',
};

const FATES: readonly Fate[] = ['send', 'expire', 'quarantine', 'leave'];

const amountText = ({ objects, items, bytes }: PlannedObjects, hasItems: boolean): string =>
  `${counted(objects, 'object')}${hasItems ? `, ${counted(items, 'item')}` : ''}, ${bytesText(bytes)}`;

/** What a redrive would do, for people: a line per destination, fate and signal. */
export const planText = ({ destinations, events, unknown }: RedrivePlan): string => {
  const lines = Object.entries(destinations).flatMap(([name, fates]) => {
    const planned = FATES.flatMap((fate) =>
      Object.entries(fates[fate]).map(
        ([signal, amount]) => `${visible(name)}: ${signal}: ${amountText(amount, true)} ${WORDS[fate]}`,
      ),
    );
    return planned.length === 0 ? [`${visible(name)}: nothing waits`] : planned;
  });
  const given = (['send', 'expire', 'quarantine'] as const).flatMap((fate) =>
    events[fate].objects === 0
      ? []
      : [
          `events: ${amountText(events[fate], false)} ${fate === 'send' ? 'would go through the whole pipeline' : WORDS[fate]}`,
        ],
  );
  const strangers = Object.entries(unknown).map(
    ([name, objects]) => `${visible(name)}: ${counted(objects, 'object')} would be left alone: no exporter has this id`,
  );
  return [...lines, ...given, ...strangers, 'Nothing was sent or moved.'].map((line) => `${line}\n`).join('');
};
