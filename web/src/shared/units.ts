// The county's units, read once and kept: the tree for pickers, and names for codes. The server sends those that the
// account may see.
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { api, type Schema, take } from "./api/client";
import { county } from "./session";

export type Unit = Schema["Unit"];

export interface Node {
  unit: Unit;
  children: Node[];
}

export const UNIT_KINDS: Record<string, string> = {
  county: "县", township: "乡镇（街道）", village: "村（社区）", party_department: "县委部门", office: "县双拥办",
  veterans_bureau: "退役军人事务局", finance_bureau: "财政局", department: "县级部门",
  people_organisation: "人民团体", institution: "优抚事业单位", troop: "部队",
};

/** 乡镇（街道）, 县级部门, … for a unit's kind. */
export function kindLabel(kind: string): string {
  return UNIT_KINDS[kind] ?? kind;
}

/** Units whose parent is not among them are the roots: a township clerk's tree begins at the township. */
export function treeOf(units: Unit[]): Node[] {
  const nodes = new Map<string, Node>(units.map((unit) => [unit.code, { unit, children: [] }]));
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parent = node.unit.parent ? nodes.get(node.unit.parent) : undefined;
    (parent?.children ?? roots).push(node);
  }
  const rank = ["county", "township", "village"];
  const place = (node: Node) => {
    const at = rank.indexOf(node.unit.kind);
    return at < 0 ? rank.length : at;
  };
  for (const node of nodes.values()) node.children.sort((a, b) => place(a) - place(b) || a.unit.code.localeCompare(b.unit.code));
  return roots;
}

/** Nodes whose unit answers to the words, with those above them. */
export function searchTree(nodes: Node[], words: string): Node[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return nodes;
  const fits = (unit: Unit) => [unit.name, unit.short_name, unit.code, ...unit.aliases].some((it) => it.toLowerCase().includes(wanted));
  return nodes.flatMap((node) => {
    const children = searchTree(node.children, wanted);
    if (children.length > 0) return [{ unit: node.unit, children }];
    return fits(node.unit) ? [{ unit: node.unit, children: node.children }] : [];
  });
}

export function useUnits() {
  const answer = useQuery({
    queryKey: ["units"],
    queryFn: () => take(api.GET("/api/v1/counties/{county}/units", { params: { path: { county: county() } } })),
    staleTime: 10 * 60_000,
  });
  const units = computed<Unit[]>(() => answer.data.value?.items ?? []);
  const byCode = computed(() => new Map(units.value.map((unit) => [unit.code, unit])));
  return {
    units,
    tree: computed(() => treeOf(units.value)),
    isLoading: answer.isPending,
    error: answer.error,
    again: () => void answer.refetch(),
    find: (code: string) => byCode.value.get(code),
    name: (code: string) => byCode.value.get(code)?.name ?? code,
    /** From the top down to the unit. */
    path: (code: string) => {
      const path: Unit[] = [];
      for (let unit = byCode.value.get(code); unit; unit = unit.parent ? byCode.value.get(unit.parent) : undefined) path.unshift(unit);
      return path;
    },
  };
}
