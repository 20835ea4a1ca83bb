import type { ShopFunction } from '../runtime/function.ts';
import { cart } from './cart.ts';
import { mailer } from './mailer.ts';
import { payment } from './payment.ts';
import { stock } from './stock.ts';
import { storefront } from './storefront.ts';

/** The functions of the shop, by name. */
export const SHOP: Readonly<Partial<Record<string, ShopFunction>>> = { storefront, cart, payment, stock, mailer };
