// The roles of the matrix (docs/authority.md). test/words.test.ts holds them against it.
export const ROLES: Record<string, string> = {
  county_office: "县双拥办", finance_maker: "财务经办", finance_checker: "财务复核", finance_approver: "财务审批", unit_clerk: "单位经办", unit_leader: "单位负责人",
  village_station: "村（社区）服务站", troop_liaison: "部队联络员", viewer: "领导查看", system_administrator: "系统管理员", security_administrator: "安全管理员", audit_administrator: "审计管理员",
};
