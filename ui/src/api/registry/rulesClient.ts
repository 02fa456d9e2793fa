/** What pages ask about promotion requests and policies. */
import type { ModelPolicy, Promotion, PromotionAsk, PromotionState, Verdict } from "./rules";

export interface RulesApi {
  askPromotion(ask: PromotionAsk): Promise<Promotion>;
  /** Newest first. An empty name: of all models; no states: in any. */
  listPromotions(name: string, states: PromotionState[]): Promise<Promotion[]>;
  /** A rejection closes the request. */
  reviewPromotion(id: string, verdict: Verdict, user: string, comment: string): Promise<Promotion>;
  /** Moves the alias. */
  mergePromotion(id: string, user: string): Promise<Promotion>;
  withdrawPromotion(id: string): Promise<Promotion>;

  /** Of a model, or of the server for an empty name. */
  getPolicy(name: string): Promise<ModelPolicy>;
  setPolicy(name: string, policy: ModelPolicy, user: string): Promise<ModelPolicy>;
}
