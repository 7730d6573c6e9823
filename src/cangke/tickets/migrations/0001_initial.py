import cangke.tickets.models.pledges
import cangke.tickets.rules.pledges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('customers', '0001_initial'),
        ('desk', '0001_initial'),
        ('orders', '0002_keep_history'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pledge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('kind', models.CharField(choices=cangke.tickets.models.pledges.pledge_kind_choices, max_length=12, verbose_name='类别')),
                ('text', models.CharField(max_length=500, verbose_name='承诺内容')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='金额')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='币种')),
                ('due_at', models.DateTimeField(verbose_name='约定时间')),
                ('state', models.CharField(choices=cangke.tickets.models.pledges.pledge_state_choices, default=cangke.tickets.rules.pledges.PledgeState['OPEN'], max_length=10, verbose_name='状态')),
                ('excesses', models.JSONField(blank=True, default=list, verbose_name='超出政策')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='提醒时间')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='了结时间')),
                ('proof', models.CharField(blank=True, max_length=500, verbose_name='凭据')),
                ('kept_late_at', models.DateTimeField(blank=True, null=True, verbose_name='逾期兑现时间')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='原因')),
                ('made_at', models.DateTimeField(verbose_name='登记时间')),
                ('conversation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.conversation', verbose_name='会话')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='客户')),
                ('keeper', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='兑现人')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order', verbose_name='订单')),
                ('proof_message', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.message', verbose_name='凭据消息')),
            ],
            options={
                'verbose_name': '承诺',
                'verbose_name_plural': '承诺',
                'ordering': ['due_at', 'pk'],
                'indexes': [models.Index(fields=['keeper', 'state', 'due_at'], name='pledge_keeper'), models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['due_at'], name='pledge_due'), models.Index(fields=['state', '-settled_at'], name='pledge_settled')],
                'constraints': [models.CheckConstraint(condition=models.Q(('conversation__isnull', False), ('order__isnull', False), ('customer__isnull', False), _connector='OR'), name='pledge_to_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state__in', [cangke.tickets.rules.pledges.PledgeState['OPEN'], cangke.tickets.rules.pledges.PledgeState['WAITING']])), models.Q(models.Q(('state__in', [cangke.tickets.rules.pledges.PledgeState['OPEN'], cangke.tickets.rules.pledges.PledgeState['WAITING']]), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='pledge_settled_when_over'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waived'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='pledge_waived_with_reason'), models.CheckConstraint(condition=models.Q(('amount__isnull', True), models.Q(('amount__gt', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='pledge_amount_has_currency')],
            },
        ),
        migrations.CreateModel(
            name='PledgeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=cangke.tickets.models.pledges.pledge_event_choices, max_length=12, verbose_name='事件')),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='数据')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('pledge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tickets.pledge')),
            ],
            options={
                'verbose_name': '承诺经过',
                'verbose_name_plural': '承诺经过',
                'ordering': ['pk'],
            },
        ),
    ]
