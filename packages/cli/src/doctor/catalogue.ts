import { CONFIGURATION_CHECKS } from './catalogue-configuration.ts';
import { FUNCTION_CHECKS } from './catalogue-function.ts';
import { KEEPING_CHECKS } from './catalogue-keeping.ts';

/** What a check is called for people, and what to do when it is not well. */
export interface CheckText {
  readonly title: string;
  readonly remedy: string;
}

type Areas = typeof CONFIGURATION_CHECKS & typeof FUNCTION_CHECKS & typeof KEEPING_CHECKS;

const AREAS: Areas = { ...CONFIGURATION_CHECKS, ...FUNCTION_CHECKS, ...KEEPING_CHECKS };

/** The parts of an installation that are looked at, in this order. */
export type Area = keyof Areas;

type IdsOf<A extends Area> = keyof Areas[A];

/** A check's name; it never changes, and never comes to mean something else. */
export type CheckId = { [A in Area]: IdsOf<A> }[Area];

/** Every check by area, in the order they are shown. */
export const CATALOGUE: Readonly<Record<Area, Readonly<Record<string, CheckText>>>> = AREAS;

const TEXTS = Object.assign({}, ...Object.values(AREAS)) as Readonly<Record<CheckId, CheckText>>;

/** Title and remedy. */
export const textOf = (id: CheckId): CheckText => TEXTS[id];

/** Where the guide explains a check, from the root of the repository. */
export const docsOf = (id: CheckId): string => `docs/guides/doctor.md#${id}`;

const ORDER = new Map(
  Object.entries(AREAS).flatMap(([area, checks]) =>
    Object.keys(checks).map((id): readonly [string, Area] => [id, area as Area]),
  ),
);

/** The area a check belongs to. */
export const areaOf = (id: CheckId): Area => ORDER.get(id) ?? 'configuration';

const PLACES = new Map([...ORDER.keys()].map((id, index) => [id, index]));

/** Its place in the order they are shown. */
export const placeOf = (id: CheckId): number => PLACES.get(id) ?? 0;
